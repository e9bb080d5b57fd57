package constitution

import (
	"strings"
	"unicode"

	"github.com/aymanbagabas/go-udiff"
)

// Change says what became of a line or of words in it.
type Change string

// The kinds of change.
const (
	Kept    Change = "kept"
	Added   Change = "added"
	Removed Change = "removed"
)

// DiffLine is a line of a redline. Old and New are its numbers in the two
// documents, zero where it is not in one.
type DiffLine struct {
	Change Change
	Old    int
	New    int
	Spans  []Span
}

// Span is a run of words of a line. Of a line that was rewritten, only the words
// that differ are marked Added or Removed.
type Span struct {
	Change Change
	Text   string
}

// Text is the line as it was written.
func (l DiffLine) Text() string {
	var b strings.Builder
	for _, span := range l.Spans {
		b.WriteString(span.Text)
	}
	return b.String()
}

// Diff compares two documents line by line, and word by word where a line was
// rewritten. It gives every line, so that a reader sees what has stayed.
func Diff(before, after string) []DiffLine {
	before, after = Normalize(before), Normalize(after)
	edits := udiff.Lines(before, after)
	lines := make([]DiffLine, 0, strings.Count(after, "\n"))
	offset, oldLine, newLine := 0, 0, 0
	keep := func(until int) {
		for _, text := range splitLines(before[offset:until]) {
			oldLine, newLine = oldLine+1, newLine+1
			lines = append(lines, DiffLine{Change: Kept, Old: oldLine, New: newLine, Spans: []Span{{Kept, text}}})
		}
		offset = until
	}
	for _, edit := range edits {
		keep(edit.Start)
		removed, added := splitLines(before[edit.Start:edit.End]), splitLines(edit.New)
		removedSpans, addedSpans := rewrite(removed, added)
		for _, spans := range removedSpans {
			oldLine++
			lines = append(lines, DiffLine{Change: Removed, Old: oldLine, Spans: spans})
		}
		for _, spans := range addedSpans {
			newLine++
			lines = append(lines, DiffLine{Change: Added, New: newLine, Spans: spans})
		}
		offset = edit.End
	}
	keep(len(before))
	return lines
}

// Private

// rewrite marks the words that differ, where as many lines came as went; else
// whole lines.
func rewrite(removed, added []string) (before, after [][]Span) {
	paired := len(removed) == len(added)
	for i, line := range removed {
		if paired {
			was, is := compareWords(line, added[i])
			before, after = append(before, was), append(after, is)
			continue
		}
		before = append(before, []Span{{Removed, line}})
	}
	if !paired {
		for _, line := range added {
			after = append(after, []Span{{Added, line}})
		}
	}
	return before, after
}

// compareWords compares two lines by putting each word into a line of its own,
// which makes a difference of lines one of words.
func compareWords(removed, added string) (before, after []Span) {
	oldWords, newWords := stack(removed), stack(added)
	offset := 0
	keep := func(until int) {
		if text := unstack(oldWords[offset:until]); text != "" {
			before, after = append(before, Span{Kept, text}), append(after, Span{Kept, text})
		}
		offset = until
	}
	for _, edit := range udiff.Lines(oldWords, newWords) {
		keep(edit.Start)
		if text := unstack(oldWords[edit.Start:edit.End]); text != "" {
			before = append(before, Span{Removed, text})
		}
		if text := unstack(edit.New); text != "" {
			after = append(after, Span{Added, text})
		}
		offset = edit.End
	}
	keep(len(oldWords))
	return before, after
}

func stack(line string) string {
	var b strings.Builder
	inWord := false
	for _, r := range line {
		isWord := unicode.IsLetter(r) || unicode.IsDigit(r)
		if b.Len() > 0 && (!isWord || !inWord) {
			b.WriteByte('\n')
		}
		b.WriteRune(r)
		inWord = isWord
	}
	b.WriteByte('\n')
	return b.String()
}

func unstack(words string) string { return strings.ReplaceAll(words, "\n", "") }

func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

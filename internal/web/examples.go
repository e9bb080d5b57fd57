package web

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

// example is a document to start from.
type example struct {
	Example
	document string
}

// readExamples reads all documents of a folder; the one for newcomers comes first.
func readExamples(folder fs.FS) ([]example, error) {
	if folder == nil {
		return nil, nil
	}
	names, err := fs.Glob(folder, "*.md")
	if err != nil {
		return nil, fmt.Errorf("list examples: %w", err)
	}
	var all []example
	for _, name := range names {
		document, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("read example: %w", err)
		}
		parsed, err := constitution.Parse(string(document))
		if err != nil {
			return nil, fmt.Errorf("read example %s: %w", name, err)
		}
		all = append(all, example{Example{Name: name, Title: parsed.Title, Summary: firstSentence(parsed.Document)}, string(document)})
	}
	slices.SortStableFunc(all, func(a, b example) int { return rank(a.Name) - rank(b.Name) })
	return all, nil
}

// Private

func rank(name string) int {
	return slices.Index([]string{"minimal.md", "agent.md", "welcome.md"}, name) * -1
}

// offers are the examples as pages show them.
func (s *Web) offers() []Example {
	var all []Example
	for _, e := range s.examples() {
		all = append(all, e.Example)
	}
	return all
}

func (s *Web) example(name string) (string, error) {
	for _, e := range s.examples() {
		if e.Name == name {
			return e.document, nil
		}
	}
	return "", dictumal.ErrNotFound
}

// firstSentence is the first sentence of the body that is in no heading, without
// the marks of Markdown.
func firstSentence(document string) string {
	for block := range strings.SplitSeq(constitution.Body(document), "\n\n") {
		lines := strings.FieldsFunc(block, func(r rune) bool { return r == '\n' })
		lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "#") })
		text := strings.NewReplacer("*", "", "_", "", "`", "").Replace(strings.TrimSpace(strings.Join(lines, " ")))
		if sentence, _, more := strings.Cut(text, ". "); more {
			return sentence + "."
		}
		if text != "" {
			return text
		}
	}
	return ""
}

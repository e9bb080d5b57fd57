package reconcile

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/store"
)

const (
	logLimit = 1 << 20 // of one deployment
	logPiece = 64 << 10
	logEvery = time.Second
	// tailBytes and tailLines bound what a failure quotes.
	tailBytes = 4 << 10
	tailLines = 12
)

// Private

// followLog copies what the machine's boot log has grown by into events, from
// time to time or now. What cannot be read now is read the next time.
func (s *step) followLog(ctx context.Context, target machine.Target, now bool) {
	if !now && time.Since(s.memo.logged) < logEvery {
		return
	}
	s.memo.logged = time.Now()
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	for s.row.LogOffset < logLimit {
		limit := int(min(logPiece, logLimit-s.row.LogOffset))
		piece, err := s.Prober.Log(ctx, target, s.row.LogOffset, limit)
		if err != nil {
			s.Log.DebugContext(ctx, "The boot log could not be read.", "deployment", s.row.ID, "error", err)
			return
		}
		whole := wholeRunes(piece)
		if len(whole) == 0 {
			return
		}
		s.entries = append(s.entries, store.Entry{
			Event:     dictumal.Event{Kind: dictumal.EventLog, Text: readable(whole)},
			LogOffset: s.row.LogOffset,
		})
		s.row.LogOffset += int64(len(whole))
		if len(piece) < limit {
			return
		}
	}
}

// logTail is the end of the boot log as far as it is known.
func (s *step) logTail(ctx context.Context) (string, error) {
	told, err := s.Store.Log(ctx, s.row.ID, 0)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, entry := range append(told, s.entries...) {
		if entry.Kind == dictumal.EventLog {
			text.WriteString(entry.Text)
		}
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	tail := strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
	return strings.ToValidUTF8(tail[max(0, len(tail)-tailBytes):], ""), nil
}

// wholeRunes leaves a character for the next piece that this one holds only the
// beginning of.
func wholeRunes(piece []byte) []byte {
	for cut := 1; cut < utf8.UTFMax && cut <= len(piece); cut++ {
		end := len(piece) - cut
		if utf8.RuneStart(piece[end]) {
			if !utf8.FullRune(piece[end:]) {
				return piece[:end]
			}
			break
		}
	}
	return piece
}

// readable makes text of what a machine wrote, which may be anything: without what
// moves a cursor, and what turns the direction of writing.
func readable(piece []byte) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(piece), "\uFFFD"))
}

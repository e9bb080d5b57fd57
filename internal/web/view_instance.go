package web

import (
	"fmt"
	"strings"

	"github.com/dictumal/dictumal"
)

// maxLog is how much of the end of a boot log a page holds; the whole is a download.
const maxLog = 8 << 10

// bootLog is what a machine has written while it booted, in pieces as they came.
// Offset is where a piece begins, in bytes of the file on the machine.
type bootLog []logPiece

type logPiece struct {
	Offset int64  `json:"offset"`
	Text   string `json:"text"`
}

func newInstancePage(frame Frame, d dictumal.Deployment, story []dictumal.Event, log bootLog, look Surroundings) InstancePage {
	page := InstancePage{Frame: frame, Card: newCard(d, look), Checks: newChecks(d), Facts: newFacts(d, look.Now)}
	page.Title = d.Constitution.Title
	if page.Card.Working {
		page.Title = fmt.Sprintf("%d %% · %s", page.Card.Percent, page.Title)
	}
	for _, event := range story {
		page.Timeline = append(page.Timeline, Entry{
			Number: event.Number, At: newMoment(event.At, look.Now), Time: event.At.UTC().Format("15:04:05"),
			Tone: tone(event), Text: eventText(event), Percent: event.Stage.Percent(),
		})
	}
	page.Log, page.LogLast = tail(log.Text(), maxLog), log.last()
	return page
}

// Text is the whole log.
func (log bootLog) Text() string {
	var b strings.Builder
	for _, piece := range log {
		b.WriteString(piece.Text)
	}
	return b.String()
}

// Private

// last is the offset of the last piece, -1 where there is none.
func (log bootLog) last() int64 {
	if len(log) == 0 {
		return -1
	}
	return log[len(log)-1].Offset
}

// tail cuts a text to its last whole lines.
func tail(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	text = text[len(text)-limit:]
	return text[strings.IndexByte(text, '\n')+1:]
}

func tone(event dictumal.Event) string {
	if event.Kind != dictumal.EventStatus {
		return ""
	}
	return newState(event.Status).Tone
}

func eventText(event dictumal.Event) string {
	switch {
	case event.Kind == dictumal.EventProgress:
		return event.Stage.Words()
	case event.Text == "" && event.Kind == dictumal.EventStatus:
		return newState(event.Status).Word + "."
	}
	return headline(event.Text)
}

package web

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// maxLog is how much of the end of a boot log a page holds; the whole is a download.
const maxLog = 8 << 10

// bootLog is a piece of a machine's boot log; Offset is in bytes from its start.
type bootLog struct {
	Offset int64
	Text   string
}

func newInstancePage(frame Frame, d dictumal.Deployment, story []dictumal.Event, log bootLog, look Surroundings) InstancePage {
	page := InstancePage{Frame: frame, Card: newCard(d, look), Facts: newFacts(d, look.Now)}
	page.Title = d.Constitution.Title
	for _, event := range story {
		page.Timeline = append(page.Timeline, Entry{
			Number: event.Number, At: newMoment(event.At, look.Now), Time: event.At.UTC().Format("15:04:05"),
			Tone: tone(event), Text: eventText(event),
		})
	}
	page.Log, page.LogEnd = log.Text, log.Offset+int64(len(log.Text))
	return page
}

// tail cuts a log to its last whole lines.
func (log bootLog) tail(limit int) bootLog {
	if len(log.Text) <= limit {
		return log
	}
	cut := len(log.Text) - limit
	for cut < len(log.Text) && log.Text[cut-1] != '\n' {
		cut++
	}
	log.Offset += int64(cut)
	log.Text = log.Text[cut:]
	return log
}

// Private

func tone(event dictumal.Event) string {
	if event.Kind != dictumal.EventStatus {
		return ""
	}
	return newState(event.Status).Tone
}

func eventText(event dictumal.Event) string {
	switch {
	case event.Text != "":
		return event.Text
	case event.Kind == dictumal.EventStatus:
		return newState(event.Status).Word + "."
	case event.Kind == dictumal.EventProgress:
		return fmt.Sprintf("%s (%d %%).", event.Stage.Words(), event.Stage.Percent())
	}
	return string(event.Kind)
}

func newFacts(d dictumal.Deployment, now time.Time) []Fact {
	p := d.Policy
	facts := []Fact{
		{Name: "Deployment", Value: d.ID, Mono: true},
		{Name: "Constitution", Value: fmt.Sprintf("%s, version %d", d.Constitution.Title, d.Constitution.Version),
			Link: fmt.Sprintf("/constitutions/%s?version=%d", d.Constitution.ID, d.Constitution.Version)},
		{Name: "SHA-256", Value: d.Constitution.Hash, Mono: true},
		{Name: "Address", Value: d.IP, Mono: true},
		{Name: "Machine", Value: d.MachineName, Mono: true},
		{Name: "Provider", Value: d.Provider},
		{Name: "Region", Value: d.Region},
		{Name: "Size", Value: d.Size, Mono: true},
		{Name: "Stream", Value: string(d.Stream)},
		{Name: "Price", Value: priceWords(d.PricePerHour)},
		{Name: "Rights", Value: rights(p)},
		{Name: "Made", Value: exactTime(d.CreatedAt)},
		{Name: "Active since", Value: exactTime(d.ActiveAt)},
		{Name: "Ends", Value: exactTime(d.ExpiresAt)},
		{Name: "Destroyed", Value: exactTime(d.DestroyedAt)},
	}
	if d.PricePerHour > 0 {
		facts = append(facts, Fact{Name: "Cost", Value: money(d.Cost(now))})
	}
	known := facts[:0]
	for _, fact := range facts {
		if fact.Value != "" {
			known = append(known, fact)
		}
	}
	return known
}

func exactTime(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2 January 2006, 15:04:05 UTC")
}

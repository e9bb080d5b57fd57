package web

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestACardTellsOfItsEndAsThatComesNear(t *testing.T) {
	for _, test := range []struct {
		name   string
		d      dictumal.Deployment
		tone   string
		budget bool
		said   string
	}{
		{"three hours before, nothing", ending(1, "Desk", 3*time.Hour, 0), "", false, ""},
		{"14 minutes before, calmly", ending(1, "Desk", 14*time.Minute, 0), "calm", false, "The lifetime ends in 15 minutes (lifetime.ttl)."},
		{"4 minutes before, urgently", ending(1, "Desk", 4*time.Minute, 0), "urgent", false, "The lifetime ends in 5 minutes (lifetime.ttl)."},
		{"at less than half a budget, nothing", ending(1, "Desk", 3*time.Hour, 40), "", false, ""},
		{"at half a budget, calmly", ending(1, "Desk", 3*time.Hour, 52), "calm", true, "50 percent of the budget of $0.069 are used up (lifetime.budget)."},
		{"at the end of a budget, urgently", ending(1, "Desk", 3*time.Hour, 96), "urgent", true, "95 percent of the budget of $0.037 are used up (lifetime.budget)."},
		{"urgent stays urgent", ending(1, "Desk", 14*time.Minute, 96), "urgent", true, "The lifetime ends in 15 minutes (lifetime.ttl)."},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLifetime(test.d, surroundings())
			if l.Tone != test.tone || l.Said != test.said || (l.Budget != nil && l.Budget.News) != test.budget {
				t.Errorf("it tells %+v, budget %+v", l, l.Budget)
			}
		})
	}
}

func TestWhatIsNotThereHasNoLifetime(t *testing.T) {
	for _, status := range dictumal.Statuses() {
		d := ending(1, "Desk", time.Hour, 0)
		d.Status = status
		if got := newLifetime(d, surroundings()); (got != nil) != status.Live() {
			t.Errorf("%s: %+v", status, got)
		}
	}
}

package web

import (
	"fmt"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// Lifetime is when a deployment ends by itself, and what people are told of it.
type Lifetime struct {
	ID     string
	Ends   *Moment
	Left   int // seconds
	Clause dictumal.Clause
	// Tone is calm or urgent where the end is near; empty where there is no news.
	Tone   string
	Budget *BudgetUse
	Said   string // the news as a screen reader hears it once
	Extend *Extension
}

// BudgetUse is how much of a budget is used up.
type BudgetUse struct {
	Limit, Spent string
	Percent      int
	News         bool
}

// Extension is what a click on Extend asks for: a moment, so that a second click is
// no second hour.
type Extension struct {
	Until string `json:"until"` // RFC 3339
	By    string `json:"by"`
}

// urgent is from when on news of the end are pressing.
const (
	urgentTime    = 5 * time.Minute
	urgentPercent = 95
)

// Private

// newLifetime is nil for what does not end by itself.
func newLifetime(d dictumal.Deployment, s Surroundings) *Lifetime {
	ending, ends := d.Ending()
	if !ends || !d.Status.Live() {
		return nil
	}
	l := &Lifetime{
		ID: d.ID, Ends: newMoment(ending.At, s.Now), Left: max(0, int(ending.At.Sub(s.Now).Seconds())), Clause: ending.Clause,
		Budget: newBudgetUse(d, s.Now), Extend: s.extension(d),
	}
	if l.Left == 0 {
		l.Ends.Words = "now"
	}
	for _, r := range d.Reminded(s.Now) {
		l.remind(r, d)
	}
	return l
}

// remind takes up one piece of news; what is pressing stays so.
func (l *Lifetime) remind(r dictumal.Reminder, d dictumal.Deployment) {
	if l.Tone != "urgent" {
		l.Tone = reminderTone(r, d)
	}
	l.Said = reminderText(r, d, r.At)
	if r.Clause == dictumal.ClauseBudget {
		l.Budget.News = true
	}
}

func newBudgetUse(d dictumal.Deployment, now time.Time) *BudgetUse {
	limit, cost := d.Policy.Lifetime.Budget, d.Cost(now)
	if limit <= 0 || d.PricePerHour <= 0 {
		return nil
	}
	return &BudgetUse{Limit: money(limit), Spent: spent(cost), Percent: min(100, int(100*cost/limit))}
}

// extension is nil where nothing can be extended.
func (s Surroundings) extension(d dictumal.Deployment) *Extension {
	if s.Extendable == nil {
		return nil
	}
	until, ok := s.Extendable(d)
	if !ok {
		return nil
	}
	return &Extension{Until: until.UTC().Format(time.RFC3339Nano), By: dictumal.Span(until.Sub(d.ExpiresAt))}
}

func reminderTone(r dictumal.Reminder, d dictumal.Deployment) string {
	if r.Percent >= urgentPercent || r.Clause == dictumal.ClauseTTL && d.ExpiresAt.Sub(r.At) <= urgentTime {
		return "urgent"
	}
	return "calm"
}

// reminderText is the reminder as it reads at a time: late, there is less left.
func reminderText(r dictumal.Reminder, d dictumal.Deployment, at time.Time) string {
	if r.Clause == dictumal.ClauseBudget {
		return fmt.Sprintf("%d percent of the budget of %s are used up (%s).", r.Percent, money(d.Policy.Lifetime.Budget), r.Clause)
	}
	return fmt.Sprintf("The lifetime ends in %s (%s).", dictumal.Span(minutes(d.ExpiresAt.Sub(at))), r.Clause)
}

// news are the reminders of a deployment, but those that newer ones have overtaken.
func news(d dictumal.Deployment, now time.Time) []dictumal.Reminder {
	past := d.Reminded(now)
	return slices.DeleteFunc(d.Reminders(), func(r dictumal.Reminder) bool { return !r.At.After(now) && !slices.Contains(past, r) })
}

// minutes are whole ones; one that has begun counts.
func minutes(left time.Duration) time.Duration {
	return max(0, (left + time.Minute - 1).Truncate(time.Minute))
}

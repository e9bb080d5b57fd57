package dictumal

import (
	"cmp"
	"slices"
	"time"
)

// Clause names a clause of a constitution as its front matter does.
type Clause string

// The clauses that end a machine.
const (
	ClauseTTL    Clause = "lifetime.ttl"
	ClauseBudget Clause = "lifetime.budget"
)

// Ending is when a deployment ends by itself, and by which clause.
type Ending struct {
	Clause Clause
	At     time.Time
}

// Reminder is a moment at which people are told that the end is near.
type Reminder struct {
	Clause Clause
	At     time.Time
	// Percent of the budget that is used up then; 0 where the clause is another.
	Percent int
}

// Ending returns the first end that the constitution sets, and false where it sets none.
func (d Deployment) Ending() (Ending, bool) {
	var ends []Ending
	if !d.ExpiresAt.IsZero() {
		ends = append(ends, Ending{ClauseTTL, d.ExpiresAt})
	}
	if at, ok := d.spentAt(1); ok {
		ends = append(ends, Ending{ClauseBudget, at.Add(-removalTime)})
	}
	if len(ends) == 0 {
		return Ending{}, false
	}
	return slices.MinFunc(ends, func(a, b Ending) int { return a.At.Compare(b.At) }), true
}

// Reminders returns when people are told that the end is near, earliest first.
// Moments before the deployment began are left out: a short life is no news.
func (d Deployment) Reminders() []Reminder {
	var all []Reminder
	if !d.ExpiresAt.IsZero() {
		for _, left := range []time.Duration{15 * time.Minute, 5 * time.Minute} {
			all = append(all, Reminder{Clause: ClauseTTL, At: d.ExpiresAt.Add(-left)})
		}
	}
	for _, percent := range []int{50, 80, 95} {
		if at, ok := d.spentAt(float64(percent) / 100); ok {
			all = append(all, Reminder{Clause: ClauseBudget, At: at, Percent: percent})
		}
	}
	all = slices.DeleteFunc(all, func(r Reminder) bool { return !r.At.After(d.CreatedAt) })
	slices.SortStableFunc(all, func(a, b Reminder) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Clause, b.Clause)) })
	return all
}

// Reminded returns the newest reminder of each clause whose moment has come.
func (d Deployment) Reminded(now time.Time) []Reminder {
	var newest []Reminder
	for _, r := range d.Reminders() {
		if r.At.After(now) {
			break
		}
		newest = slices.DeleteFunc(newest, func(other Reminder) bool { return other.Clause == r.Clause })
		newest = append(newest, r)
	}
	return newest
}

// Private

// removalTime is how much earlier than its budget a machine is ended: until a
// provider has removed it, it goes on costing.
const removalTime = 2 * time.Minute

// spentAt is when a part of the budget will be used up, and false where there is no
// budget or nothing that costs.
func (d Deployment) spentAt(part float64) (time.Time, bool) {
	if d.Policy.Lifetime.Budget <= 0 || d.OrderedAt.IsZero() {
		return time.Time{}, false
	}
	return d.Billing.Lasts(d.PricePerHour, d.OrderedAt, d.Policy.Lifetime.Budget*part)
}

package dictumal

import (
	"math"
	"time"
)

// Billing is how a provider charges for a machine, beside its price per hour. The
// zero value charges for the time alone.
type Billing struct {
	Unit    time.Duration `json:"unit,omitempty"`    // a unit that has begun is charged whole
	Minimum time.Duration `json:"minimum,omitempty"` // the least time that is charged
	Least   float64       `json:"least,omitempty"`   // the least charge, USD
	// MonthHours is after how many hours a calendar month (UTC) costs no more; zero: never.
	MonthHours float64 `json:"monthHours,omitempty"`
}

// Charge is what a machine costs that was there from one time to another, in USD.
func (b Billing) Charge(pricePerHour float64, from, to time.Time) float64 {
	if pricePerHour <= 0 || !from.Before(to) {
		return 0
	}
	ran := max(to.Sub(from), b.Minimum)
	if b.Unit > 0 {
		ran = (ran + b.Unit - 1) / b.Unit * b.Unit
	}
	hours := 0.0
	for at, end := from.UTC(), from.UTC().Add(ran); at.Before(end); {
		next := earlier(monthAfter(at), end)
		hours += b.capped(next.Sub(at).Hours())
		at = next
	}
	return max(hours*pricePerHour, b.Least)
}

// Lasts is when a machine that was there from a time on will have cost so much, in
// USD; false where it never will.
func (b Billing) Lasts(pricePerHour float64, from time.Time, budget float64) (time.Time, bool) {
	if pricePerHour <= 0 {
		return time.Time{}, false
	}
	left := budget / pricePerHour // hours
	for at := from.UTC(); ; at = monthAfter(at) {
		month := b.capped(monthAfter(at).Sub(at).Hours())
		if left <= month {
			return at.Add(time.Duration(left * float64(time.Hour))), true
		}
		left -= month
		if at.Year() > from.Year()+maxYears {
			return time.Time{}, false
		}
	}
}

// MonthStart is when the calendar month (UTC) of a time began.
func MonthStart(t time.Time) time.Time {
	year, month, _ := t.UTC().Date()
	return time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
}

// Private

// maxYears is the time beyond which a budget counts as endless.
const maxYears = 100

func (b Billing) capped(hours float64) float64 {
	if b.MonthHours > 0 {
		return math.Min(hours, b.MonthHours)
	}
	return hours
}

func monthAfter(t time.Time) time.Time { return MonthStart(t).AddDate(0, 1, 0) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

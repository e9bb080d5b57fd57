package web

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// machinesPerPage is how many rows a page holds: what fits in 30 KiB.
const machinesPerPage = 30

// MachinesPage is what the provider lists, beside what owns it.
type MachinesPage struct {
	Frame
	Provider string
	Admin    bool
	Failure  string // why there is no list; empty: there is one
	Figures  []Fact
	Spends   []SpendBar
	Unowned  []MachineRow
	Rows     []MachineRow
	Free     bool // nothing costs anything
	Total    int
	Newer    string // links; empty where there are no more
	Older    string
}

// MachineRow is one machine.
type MachineRow struct {
	State       State
	Title, Link string // of the desktop; no link where it is somebody else's
	Owner       string
	Name, More  string // More is id, size and address
	Made        *Moment
	Cost, Price string
	Note        string // what is unusual about it
	Since       *Moment
	SinceWords  string // what comes before Since
	Removed     *Moment
	Kept        bool
}

// SpendBar is where somebody stands with what may be spent in a month.
type SpendBar struct {
	Name, Text       string
	Spent, Committed float64 // percent of the cap
}

func newMachinesPage(frame Frame, fleet control.Fleet, after int, now time.Time) MachinesPage {
	page := MachinesPage{Frame: frame, Provider: fleet.Provider, Admin: fleet.Admin, Spends: newSpendBars(fleet)}
	if fleet.Failure != nil {
		page.Failure = fleet.Provider + " has not given its list, so this is what was last known."
		if frame.Health == nil { // which says why
			page.Failure += " " + fleet.Failure.Cause
		}
	}
	totals := fleet.Totals()
	page.Free = totals.PerHour == 0 && totals.Month == 0 && totals.Unpriced == 0
	if totals.Count > 0 || totals.Month > 0 {
		page.Figures = newFigures(totals, page.Free)
	}
	var rows []MachineRow
	for _, m := range fleet.Machines {
		row := newMachineRow(m, now)
		if m.Standing == control.StandingUnowned {
			page.Unowned = append(page.Unowned, row)
		} else {
			rows = append(rows, row)
		}
	}
	page.Unowned = page.Unowned[:min(len(page.Unowned), machinesPerPage)]
	page.Total = len(rows)
	first := min(max(after, 0), len(rows))
	last := min(first+machinesPerPage, len(rows))
	page.Rows = rows[first:last]
	if last < len(rows) {
		page.Older = fmt.Sprintf("/machines?after=%d", last)
	}
	if first > 0 {
		page.Newer = fmt.Sprintf("/machines?after=%d", max(first-machinesPerPage, 0))
	}
	return page
}

// Private

func newFigures(t control.Totals, free bool) []Fact {
	name := "machines"
	if t.Count == 1 {
		name = "machine"
	}
	figures := []Fact{{Name: name, Value: fmt.Sprint(t.Count)}}
	if free {
		return append(figures, Fact{Name: "no charge: they run on this host", Value: dollars(0)})
	}
	so := "so far"
	if t.Unpriced > 0 {
		so = fmt.Sprintf("so far, and %d of unknown price", t.Unpriced)
	}
	return append(figures,
		Fact{Name: so, Value: dollars(t.Cost)}, Fact{Name: "an hour", Value: money(t.PerHour)},
		Fact{Name: "this month, what is gone included", Value: dollars(t.Month)})
}

func newSpendBars(fleet control.Fleet) (bars []SpendBar) {
	add := func(name string, s control.Spend) {
		if s.Cap <= 0 {
			return
		}
		spent := min(s.Spent/s.Cap*100, 100)
		bars = append(bars, SpendBar{
			Name: name, Spent: spent, Committed: min(s.Committed/s.Cap*100, 100-spent),
			Text: fmt.Sprintf("%s of %s are spent; what is there may cost %s more.", dollars(s.Spent), dollars(s.Cap), dollars(s.Committed)),
		})
	}
	if fleet.Admin {
		add("The installation this month", fleet.All)
	}
	add("You this month", fleet.Own)
	return bars
}

func newMachineRow(m control.Machine, now time.Time) MachineRow {
	row := MachineRow{Name: m.Name, Made: newMoment(m.CreatedAt, now), Owner: m.Email, Cost: "unknown"}
	if m.Priced {
		row.Cost, row.Price = dollars(m.Cost), priceWords(m.PricePerHour)
	}
	more := []string{m.Size, m.IP}
	if m.ID != m.Name {
		more = append([]string{m.ID}, more...)
	}
	row.More = strings.Join(present(more), " · ")
	if d := m.Deployment; d != nil {
		row.Title, row.State, row.Link = d.Constitution.Title, newState(d.Status), "/instances/"+d.ID
	}
	row.tell(m, now)
	return row
}

// tell says what is unusual about a machine.
func (row *MachineRow) tell(m control.Machine, now time.Time) {
	switch m.Standing {
	case control.StandingOwned:
		switch {
		case m.Power == dictumal.PowerOff && m.PricePerHour > 0:
			row.Note = "It is off, and goes on costing."
		case m.Power == dictumal.PowerOff:
			row.Note = "It is off."
		}
	case control.StandingUnowned:
		row.State, row.Kept = State{"Nobody's", "▲", "failed"}, m.Kept
		switch {
		case m.Kept:
			row.Note = "Newer than every desktop was, as after a restored backup: it is kept until an admin confirms."
		case m.RemovedAt.IsZero():
			row.Note = "It has just turned up; the sweeper looks at it within a minute."
		case m.RemovedAt.After(now):
			row.Removed = newMoment(m.RemovedAt, now)
		default:
			row.Note = "It is being removed."
		}
		row.SinceWords, row.Since = "First seen without an owner", newMoment(m.Since, now)
	case control.StandingMaking:
		row.Note = "It is being made, and not listed yet."
	case control.StandingRemoving:
		row.Note = "It is being removed, and not listed any more."
	case control.StandingMissing:
		row.State = State{"Not listed", "▲", "failed"}
		row.Note = "It should be listed and is not; the provider is asked again."
		row.SinceWords, row.Since = "First missed", newMoment(m.Since, now)
	case control.StandingUnknown: // as all of them
	}
}

// dollars is an amount that people add up.
func dollars(usd float64) string { return fmt.Sprintf("$%.2f", usd) }

// present leaves out what is empty.
func present(words []string) (kept []string) {
	for _, word := range words {
		if word != "" {
			kept = append(kept, word)
		}
	}
	return kept
}

package web

import (
	"net/url"
	"time"

	"github.com/dictumal/dictumal/internal/auth"
)

// peoplePerPage is how many rows a page holds: what fits in 30 KiB.
const peoplePerPage = 25

// PeoplePage is who has an account, newest first.
type PeoplePage struct {
	Frame
	Who    string // what the list is narrowed by
	Rows   []PersonRow
	Newest string // links; empty where there are no more
	Older  string
}

// PersonRow is one user.
type PersonRow struct {
	ID, Email, Name string // Name is empty where it says no more than Email
	Provider        string
	Administrator   bool
	State           State
	Blocked         *Moment // nil: nobody keeps them out
	Made, Seen      *Moment // Seen: as far as it is known
	Desktops        string
	Sessions        string
	Tokens          string
}

// PersonPage is one user, and what an administrator may do to them.
type PersonPage struct {
	Frame
	PersonRow
	Self      bool // it is whoever asks
	Operator  bool // whom nobody keeps out
	NotListed bool
	Have      int // how many desktops stay
}

func newPeoplePage(frame Frame, people []auth.Person, who, after string, now time.Time) PeoplePage {
	page := PeoplePage{Frame: frame, Who: who}
	query := url.Values{}
	if who != "" {
		query.Set("who", who)
	}
	if after != "" {
		page.Newest = address("/people", query)
	}
	if len(people) > peoplePerPage {
		people = people[:peoplePerPage]
		query.Set("after", people[peoplePerPage-1].User.ID)
		page.Older = address("/people", query)
	}
	for _, person := range people {
		page.Rows = append(page.Rows, newPersonRow(person, now))
	}
	return page
}

func newPersonPage(frame Frame, p auth.Person, now time.Time) PersonPage {
	return PersonPage{
		Frame: frame, PersonRow: newPersonRow(p, now), Operator: p.Operator,
		NotListed: p.Standing == auth.NotListed, Have: p.Desktops,
	}
}

// Private

func newPersonRow(p auth.Person, now time.Time) PersonRow {
	row := PersonRow{
		ID: p.User.ID, Email: p.User.Email, Name: p.User.Name, Provider: p.Provider, Administrator: p.User.Admin, State: standingState(p.Standing),
		Made: newMoment(p.User.CreatedAt, now), Seen: newMoment(p.SeenAt, now), Blocked: newMoment(p.User.BlockedAt, now),
		Desktops: count(p.Desktops, "desktop"), Sessions: count(p.Sessions, "session"), Tokens: count(p.Tokens, "token"),
	}
	if row.Name == row.Email {
		row.Name = ""
	}
	return row
}

func standingState(standing auth.Standing) State {
	switch standing {
	case auth.In:
		return State{"May come in", "●", "running"}
	case auth.Blocked:
		return State{"Blocked", "▲", "failed"}
	case auth.NotListed:
		return State{"Not listed", "○", "gone"}
	}
	return State{string(standing), "○", "gone"}
}

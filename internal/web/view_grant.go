package web

import "github.com/dictumal/dictumal"

// Grants is who may open a desktop besides its owner.
type Grants struct {
	ID       string
	Rows     []GrantRow
	Foreign  bool // somebody else's: an administrator only reads them
	CanShare bool
	CanUse   bool // the constitution lets people do more than look
	Stays    bool // what is open by a grant cannot be ended from here
}

// GrantRow is one person who may open a desktop.
type GrantRow struct {
	ID, Email, May string
	Since          *Moment
}

// SharedCard is a desktop that somebody else has shared.
type SharedCard struct {
	ID, Title, May string
	Status         dictumal.Status
	State          State
	CanOpen        bool
}

func newGrants(d dictumal.Deployment, grants []dictumal.Grant, look Surroundings) Grants {
	view := Grants{
		ID: d.ID, Foreign: look.Foreign, CanShare: d.Status.Live() && !look.Foreign,
		CanUse: d.Policy.Stream.Control != dictumal.ControlViewOnly, Stays: d.Stream == dictumal.Guacamole,
	}
	for _, g := range grants {
		view.Rows = append(view.Rows, GrantRow{ID: g.ID, Email: g.Email, May: mayWords(g.Control), Since: newMoment(g.CreatedAt, look.Now)})
	}
	return view
}

func newSharedCards(all []dictumal.Deployment) []SharedCard {
	var cards []SharedCard
	for _, d := range all {
		cards = append(cards, SharedCard{
			ID: d.ID, Title: d.Constitution.Title, May: mayWords(d.Policy.Stream.Control),
			Status: d.Status, State: newState(d.Status), CanOpen: d.Launchable(),
		})
	}
	return cards
}

// Private

func mayWords(control dictumal.Control) string {
	if control == dictumal.ControlViewOnly {
		return "look at it"
	}
	return "look at it and use it"
}

package control

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Standing is how a machine on the provider's list, and a row that may have one, go together.
type Standing string

// The standings.
const (
	StandingOwned    Standing = "owned"
	StandingUnowned  Standing = "unowned"
	StandingMaking   Standing = "being-made"    // a row's, and not listed yet
	StandingRemoving Standing = "being-removed" // a row's, and not listed any more
	StandingMissing  Standing = "missing"       // a row's that should be listed
	StandingUnknown  Standing = "unknown"       // a row's, while there is no list
)

// Machine is one that the provider lists, or that a row may have.
type Machine struct {
	dictumal.Machine
	Standing Standing
	// Deployment owns it, and Email says whose that is; nil where nobody does.
	Deployment *dictumal.Deployment
	Email      string
	// Since is when it was first seen without an owner, or missing; zero: not yet.
	Since time.Time
	// RemovedAt is when the sweeper removes what nobody owns, and Kept says that it
	// does not until an admin confirms.
	RemovedAt time.Time
	Kept      bool

	Priced       bool    // what it costs is known
	PricePerHour float64 // USD
	Cost         float64 // USD until now
}

// Fleet is what the provider lists, compared with the rows.
type Fleet struct {
	Provider string // for people
	// Failure is why there is no list, so that the rows tell alone; nil: there is one.
	Failure  *dictumal.Failure
	Machines []Machine // those that nobody owns first, then the newest
	Admin    bool      // it is everybody's
	Own, All Spend     // All is of admins only
}

// Totals is a fleet in figures. What costs are not known of is left out of the sums.
type Totals struct {
	Count, Unowned, Unpriced int
	Cost, PerHour, Month     float64 // USD; Month is all of this calendar month, what is gone included
}

// Totals adds up the machines that are there, as far as is known.
func (f Fleet) Totals() Totals {
	t := Totals{Month: f.Own.Spent}
	if f.Admin {
		t.Month = f.All.Spent
	}
	for _, m := range f.Machines {
		if m.Standing == StandingMaking && m.Name == "" {
			continue // there is none yet
		}
		t.Count++
		if m.Standing == StandingUnowned {
			t.Unowned++
		}
		if !m.Priced {
			t.Unpriced++
		}
		t.Cost += m.Cost
		t.PerHour += m.PricePerHour
	}
	return t
}

package simulation

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Climate is what a cloud is like.
type Climate struct {
	Name   string
	Traits dictumal.Traits
	// Lag is the most by which a machine is listed late. Only some are.
	Lag time.Duration
	// Tardy is the most by which an order is carried out after the caller gave up.
	Tardy time.Duration
	// Omits tells whether lists and looks miss machines for a while without saying so.
	Omits bool
}

// The climates.
var (
	// Truthful is a provider whose list is the truth, like a host that is near.
	Truthful = Climate{
		Name:   "truthful",
		Traits: dictumal.Traits{Name: "simulated", DefaultStream: dictumal.Native, Absences: 1, PollEvery: 5 * time.Second},
		Lag:    20 * time.Second, Tardy: 30 * time.Second,
	}
	// Lagging is a cloud whose lists are late, though not later than the grace, and
	// miss for a moment what exists.
	Lagging = Climate{
		Name:   "lagging",
		Traits: dictumal.Traits{Name: "simulated", DefaultStream: dictumal.Native, Absences: 3, AbsenceSpan: 30 * time.Second, PollEvery: 5 * time.Second},
		Lag:    110 * time.Second, Tardy: 30 * time.Second, Omits: true,
	}
	// Tardy is a cloud that is later than anybody waits for it: machines show, and
	// orders are carried out, up to six minutes after them.
	Tardy = Climate{
		Name: "tardy", Traits: Lagging.Traits,
		Lag: 6 * time.Minute, Tardy: 6 * time.Minute, Omits: true,
	}
)

package simulation

import (
	"fmt"
	"time"
)

// Report is what a run came to.
type Report struct {
	Plan       Plan
	Kills      int
	Orders     int // that were sent to the cloud
	Machines   int // that it made
	Faults     map[Fault]int
	Virtual    time.Duration
	Wall       time.Duration
	Busiest    [2]int // calls of the provider in any minute, and in any hour
	Hash       uint64
	Violations []Violation
}

// String is the run in one line.
func (r Report) String() string {
	return fmt.Sprintf("%s: %d deployments, %d kills, %d orders, %d machines, %.1f virtual hours in %s, "+
		"%d violations, at most %d calls a minute and %d an hour, ledger %016x; faults: %s",
		r.Plan.Name(), r.Plan.Deployments, r.Kills, r.Orders, r.Machines, r.Virtual.Hours(), r.Wall.Round(time.Millisecond),
		len(r.Violations), r.Busiest[0], r.Busiest[1], r.Hash, kinds(r.Faults))
}

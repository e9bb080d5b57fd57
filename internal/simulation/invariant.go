package simulation

import (
	"fmt"
	"strings"
	"time"
)

// Invariant is one of the promises.
type Invariant string

// The promises.
const (
	NoOrphan    Invariant = "I1 no orphan"     // a machine that no row owns is gone within grace and two sweeps
	NoDouble    Invariant = "I2 no double"     // at most one machine for a row
	NoFalseEnd  Invariant = "I3 no false end"  // no row says that its machine is gone while it is there
	NoLoss      Invariant = "I4 no loss"       // a row has the machine that it speaks of, or is in ERROR
	Explained   Invariant = "I5 explained"     // every ERROR has reason, cause and next step, and they are true
	Bill        Invariant = "I6 bill"          // machines cost no longer than rows say, and no more than the caps allow
	NoFalseKill Invariant = "I7 no false kill" // the sweeper removes nothing that a row owns
	Liveness    Invariant = "I8 liveness"      // in calm every state ends in its time
	Budget      Invariant = "I9 budget"        // the provider is not asked too often
	History     Invariant = "I10 history"      // every move is legal, and told once
	Alone       Invariant = "I11 alone"        // one worker has the right to work on a row, and nobody else does
	OneSweep    Invariant = "I12 one sweep"    // one replica has the right to sweep, and nobody else does
)

// Violation is a broken promise.
type Violation struct {
	Invariant  Invariant
	Deployment string
	At         time.Time
	What       string
	History    []string // what happened to the deployment until then
}

// String is the violation with the history of its deployment.
func (v Violation) String() string {
	return fmt.Sprintf("%s: %s %s %s\n\t%s", v.Invariant, v.At.Format(clockTime), v.Deployment, v.What, strings.Join(v.History, "\n\t"))
}

// Private

const clockTime = "15:04:05.000"

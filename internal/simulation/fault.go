package simulation

import (
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Fault is one way in which a call, or a machine, goes wrong.
type Fault string

// The faults of calls.
const (
	Before   Fault = "error before the effect"
	After    Fault = "error after the effect"
	Dropped  Fault = "connection dropped, effect later"
	Twice    Fault = "create carried out twice"
	TooMany  Fault = "429 with Retry-After"
	TooFast  Fault = "429 without Retry-After"
	Ignored  Fault = "204 but still there"
	Partial  Fault = "page missing, and said so"
	Stopped  Fault = "process stopped for a while"
	Away     Fault = "database away"
	Unheard  Fault = "database away after the effect"
	Reorder  Fault = "order sent again by its owner"
	TwiceEnd Fault = "destroyed twice by its owner"
)

// The faults of machines.
const (
	Lag       Fault = "listed late"
	Tag       Fault = "tagged late"
	Omitted   Fault = "left out for a while"
	Stuck     Fault = "new for ever"
	Vanished  Fault = "vanished"
	PowerOff  Fault = "powered off"
	StaysOff  Fault = "powered off for good"
	AddrLate  Fault = "address late"
	AddrNew   Fault = "address changed"
	Lingering Fault = "slow to go"
	Broken    Fault = "desktop that never shows"
)

// Private

var (
	errKilled = errors.New("this process was killed")
	errStorm  = errors.New("503 service unavailable")
	errAway   = errors.New("the database does not answer")
	// errUnheard says nothing of whether there was an effect.
	errUnheard = fmt.Errorf("%w: the connection was lost", store.ErrUnsure)
)

// odds are faults with how likely each is.
type odds []struct {
	fault  Fault
	chance float64
}

// pick is the fault that a number from 0 up to 1 stands for; empty: none.
func (o odds) pick(number float64) Fault {
	for _, one := range o {
		if number < one.chance {
			return one.fault
		}
		number -= one.chance
	}
	return ""
}

// How calls go wrong in a storm.
var (
	onCreate  = odds{{Before, .05}, {After, .05}, {Dropped, .04}, {Twice, .04}, {TooMany, .03}, {TooFast, .01}}
	onDestroy = odds{{Before, .04}, {After, .04}, {Ignored, .08}, {TooMany, .02}, {TooFast, .01}}
	onRead    = odds{{Before, .03}, {TooMany, .01}, {TooFast, .003}}
	onList    = odds{{Before, .04}, {Partial, .04}, {TooMany, .01}}
)

// refusal is what a driver makes of a 429; where the cloud does not say for how long
// it wants to be left alone, drivers wait a minute.
func refusal(wait time.Duration) *dictumal.Refusal {
	return &dictumal.Refusal{
		Reason: dictumal.ReasonRateLimited, Message: "Too many requests.", NextStep: "Wait.", RetryAfter: wait,
	}
}

// before is the error of a fault that keeps a call from having an effect; nil where
// it does not.
func (f Fault) before() error {
	switch f {
	case Before, Partial:
		return errStorm
	case TooMany:
		return refusal(20 * time.Second)
	case TooFast:
		return refusal(time.Minute)
	default:
		return nil
	}
}

package auth

import (
	"fmt"
	"math"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/limit"
)

// Private

// What all networks together may get wrong: enough for an office on a bad morning,
// and little for a database.
const (
	allInterval = 50 * time.Millisecond
	allBurst    = 500
)

// gate turns away whose secrets or codes were wrong too often, before anything is
// looked up for them. Who brings what is right is never counted. All networks together
// are counted for each kind, so that a flood of one kind stops no other.
type gate struct{ each, all *limit.Limit }

func newGate(interval time.Duration, burst int, now func() time.Time) gate {
	return gate{each: limit.New(interval, burst, now), all: limit.New(allInterval, allBurst, now)}
}

// pass is an error for those who have to wait. Where it is not known from where
// somebody comes, only what all may do together holds.
func (g gate) pass(kind, from string) error {
	wait := g.all.Wait(kind)
	if from != "" {
		wait = max(wait, g.each.Wait(limit.Network(from)))
	}
	if wait > 0 {
		return tooMany("What came from your network was wrong too often", wait)
	}
	return nil
}

// wrong counts something that was wrong.
func (g gate) wrong(kind, from string) {
	g.all.Take(kind)
	if from != "" {
		g.each.Take(limit.Network(from))
	}
}

func tooMany(what string, wait time.Duration) error {
	seconds := int(math.Ceil(wait.Seconds()))
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	err := dictumal.NewError(dictumal.CodeTooMany, fmt.Sprintf("%s; wait %d %s and try again.", what, seconds, unit))
	err.Retry = wait
	return err
}

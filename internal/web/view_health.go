package web

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Health is what keeps the provider from being asked, above the pages that depend on it.
type Health struct {
	Cause, NextStep string
	Until           *Moment // when it is asked again
}

// newHealth is nil where nothing does.
func newHealth(h dictumal.Health, now time.Time) *Health {
	if h.OK || h.Failure == nil {
		return nil
	}
	shown := &Health{Cause: h.Failure.Cause, NextStep: h.Failure.NextStep}
	if h.Until.After(now) {
		shown.Until = newMoment(h.Until, now)
	}
	return shown
}

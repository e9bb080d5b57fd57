//go:build bench

package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/bench/fleet"
)

// TestBenchCalls counts what deployments cost in calls of DigitalOcean's API, in
// virtual time: from a server that has just started, on an account that is as slow
// as the real one, until every machine is proven to be gone.
func TestBenchCalls(t *testing.T) {
	one := fleet.Run(t, fleet.Plan{Deployments: 1, Up: time.Hour})
	until := one.Until(one.Deployments[0].ActiveAt)
	countRow(t, "calls of DigitalOcean's API for one deployment, from create to ACTIVE", until, "at most 40")
	countRow(t, "calls of DigitalOcean's API for one deployment that is destroyed after an hour", one, "")
	hour := fleet.Run(t, fleet.Plan{Deployments: 100, Every: 36 * time.Second, Up: 20 * time.Minute})
	countRow(t, "calls of DigitalOcean's API for 100 deployments in one hour, each destroyed after 20 minutes", hour, "at most 2500")
	once := fleet.Run(t, fleet.Plan{Deployments: 100, Up: 20 * time.Minute})
	countRow(t, "calls of DigitalOcean's API for 100 deployments at once, destroyed after 20 minutes", once, "at most 2500")
	const viewers, every = 3, 5 * time.Second
	remark(t, "computed, not run: if each status request of %d viewers, who ask every %s until ACTIVE, asked for the droplet, "+
		"it would be %d calls for the one deployment, %d for the 100 in an hour and %d for the 100 at once",
		viewers, every, one.Polled(viewers, every), hour.Polled(viewers, every), once.Polled(viewers, every))
}

// TestBenchCallsStorm orders a thousand at the same moment, which is more than the
// account would take: all come up, and none of the calls is one too many.
func TestBenchCallsStorm(t *testing.T) {
	storm := fleet.Run(t, fleet.Plan{Deployments: 1000, Up: 40 * time.Minute})
	what := "most calls of DigitalOcean's API in any %s, 1,000 deployments ordered at once and destroyed after 40 minutes"
	plainRow(t, fmt.Sprintf(what, "minute"), fmt.Sprint(storm.Busiest(time.Minute)), "at most 250")
	plainRow(t, fmt.Sprintf(what, "hour"), fmt.Sprint(storm.Busiest(time.Hour)), "at most 4000")
	plainRow(t, "calls among them that the account refused as too many", fmt.Sprint(storm.Refused()), "at most 0")
	remark(t, "%s; the last was ACTIVE %s after its order, and the last removal was proven %s after it was asked for",
		storm.Kinds(), storm.Slowest().Round(time.Second), storm.LastGone(40*time.Minute).Round(time.Second))
}

// countRow prints how many calls there were, and where they went.
func countRow(t *testing.T, what string, story fleet.Story, bar string) {
	t.Helper()
	plainRow(t, what, fmt.Sprint(len(story.Calls)), bar)
	remark(t, "%s: %s; at most %d in any hour and %d in any minute, %d refused as too many; ACTIVE within %s of the order",
		what, story.Kinds(), story.Busiest(time.Hour), story.Busiest(time.Minute), story.Refused(), story.Slowest().Round(time.Second))
}

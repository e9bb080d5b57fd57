//go:build !race

package simulation_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/bench/fleet"
)

// TestTheProviderIsNotAskedTooOften counts the calls of DigitalOcean's real driver,
// whose list is shared by all who look. The storms count only as such a driver would.
func TestTheProviderIsNotAskedTooOften(t *testing.T) {
	for name, story := range map[string]func(t *testing.T) fleet.Story{
		"by a thousand machines that only stand there": func(t *testing.T) fleet.Story {
			t.Helper()
			return fleet.Idle(t, fleet.Rest{Machines: 1000, Every: time.Minute, For: 10 * time.Minute}).Story
		},
		"by a crowd that comes and goes at once": func(t *testing.T) fleet.Story {
			t.Helper()
			return fleet.Run(t, fleet.Plan{Deployments: 50, Up: 20 * time.Minute})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := story(t)
			minute, ten := told.Busiest(time.Minute), told.Busiest(10*time.Minute)
			t.Logf("at most %d calls in any minute and %d in any ten", minute, ten)
			if minute == 0 || minute > 250 || ten > 4000/6 {
				t.Errorf("asked %d times in a minute and %d in ten, want at most 250, and 4,000 in an hour", minute, ten)
			}
		})
	}
}

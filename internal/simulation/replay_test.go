//go:build !race

package simulation_test

import (
	"testing"

	"github.com/dictumal/dictumal/internal/simulation"
)

// TestASeedGoesTheSameWayAgain lets a seed run twice, with one process and with several.
// None of them stands still: what goes on in one moment then goes on in any order. The
// race detector has goroutines take turns in any order on purpose, so that nothing goes
// the same way there; it looks at the same plans in the other tests.
func TestASeedGoesTheSameWayAgain(t *testing.T) {
	few := min(60, *deployments/10)
	for _, plan := range []simulation.Plan{simulation.Usual(2, few), simulation.Usual(3, few), simulation.Shared(1, few)} {
		plan.Rates.Stop = 0
		t.Run(plan.Name(), func(t *testing.T) {
			t.Parallel()
			one, two := simulation.Run(t, plan), simulation.Run(t, plan)
			if one.Kills != two.Kills || one.Orders != two.Orders || one.Hash != two.Hash {
				t.Errorf("first:\n%s\nand then:\n%s", one, two)
			}
		})
	}
}

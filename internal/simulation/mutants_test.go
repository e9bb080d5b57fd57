//go:build mutants

package simulation_test

import (
	"flag"
	"testing"

	"github.com/dictumal/dictumal/internal/simulation"
)

var quick = flag.Bool("quick", false, "three of the mutations instead of all")

// TestEachDefenceIsNeeded leaves out one defence at a time: some promise must be
// broken, or the defence is not needed, or not tested.
func TestEachDefenceIsNeeded(t *testing.T) {
	for _, mutation := range simulation.Mutations() {
		if *quick && !mutation.Quick {
			continue
		}
		if !*quick { // the storms show it, too
			t.Run("with all beside "+mutation.String(), func(t *testing.T) {
				t.Parallel()
				mutation := mutation
				mutation.Without = ""
				unbroken(t, mutation.Run(t))
			})
		}
		t.Run("without "+mutation.String(), func(t *testing.T) {
			t.Parallel()
			report := mutation.Run(t)
			t.Log(report)
			caught := map[simulation.Invariant]int{}
			for _, violation := range report.Violations {
				caught[violation.Invariant]++
			}
			t.Logf("without %s: caught by %v", mutation.Without, caught)
			if caught[mutation.By] == 0 {
				t.Fatalf("the simulation holds without it; want %s broken", mutation.By)
			}
			t.Log(report.Violations[0])
		})
	}
}

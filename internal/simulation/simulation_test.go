package simulation_test

import (
	"flag"
	"os"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal/internal/simulation"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

var (
	seeds       = flag.Int("seeds", 10, "how many seeds to simulate")
	first       = flag.Uint64("seed", 1, "the first of them")
	deployments = flag.Int("deployments", usual, "how many deployments there are in all")
	sharedSeeds = flag.Int("shared-seeds", 3, "how many seeds to simulate with replicas")
	shared      = flag.Int("shared", usualShared, "how many deployments replicas share in all")
	replicas    = flag.Int("replicas", 3, "how many replicas share them")
)

// TestNothingIsLostMadeTwiceOrLeftRunning lets processes be killed at any call while
// the cloud fails in every way, and checks every promise at every event.
func TestNothingIsLostMadeTwiceOrLeftRunning(t *testing.T) {
	var kills atomic.Int64
	t.Cleanup(func() {
		if want := int64(3 * *deployments); *deployments >= 10_000 && kills.Load() < want {
			t.Errorf("%d processes were killed, want %d: the storm is too mild", kills.Load(), want)
		}
	})
	for i := range *seeds {
		plan := simulation.Usual(*first+uint64(i), *deployments / *seeds)
		t.Run(plan.Name(), func(t *testing.T) {
			t.Parallel()
			report := simulation.Run(t, plan)
			kills.Add(int64(report.Kills))
			unbroken(t, report)
		})
	}
}

// TestReplicasShareTheWork lets each of them be killed, or stopped for longer than
// twice a lease, at any call, while the database they share goes away at times.
func TestReplicasShareTheWork(t *testing.T) {
	seeds, all := sharedWork()
	for i := range seeds {
		plan := simulation.Shared(*first+uint64(i), all/seeds)
		plan.Replicas = *replicas
		t.Run(plan.Name(), func(t *testing.T) {
			t.Parallel()
			holds(t, plan)
		})
	}
}

// TestWhatComesLaterThanTheGraceIsLeftToTheSweeper is about a cloud that is later
// than anybody waits for it.
func TestWhatComesLaterThanTheGraceIsLeftToTheSweeper(t *testing.T) {
	t.Parallel()
	holds(t, simulation.Late(1, min(300, *deployments/20)))
}

// TestAProcessThatStoodStillHarmsNothing is about workers that go on after others
// have taken over.
func TestAProcessThatStoodStillHarmsNothing(t *testing.T) {
	t.Parallel()
	holds(t, simulation.Halting(1, min(300, *deployments/20)))
}

// TestASweepThatStoodStillRemovesNothingThatIsOwned is about what is ordered between
// the two looks of a sweep.
func TestASweepThatStoodStillRemovesNothingThatIsOwned(t *testing.T) {
	t.Parallel()
	report := simulation.Overlap(t, "")
	unbroken(t, report)
	if report.Machines != 1 {
		t.Errorf("%d machines were made, want the one that the sweeps are about", report.Machines)
	}
}

// Private

// sharedWork is how many seeds replicas simulate, and how many deployments in all. On a
// server, where each call goes through a socket and a process, it is one seed.
func sharedWork() (seeds, all int) {
	if os.Getenv(storetest.Variable) == "postgres" {
		return 1, *shared / 5
	}
	return *sharedSeeds, *shared
}

func holds(t *testing.T, plan simulation.Plan) {
	t.Helper()
	unbroken(t, simulation.Run(t, plan))
}

func unbroken(t *testing.T, report simulation.Report) {
	t.Helper()
	t.Log(report)
	for _, violation := range report.Violations {
		t.Error(violation)
	}
}

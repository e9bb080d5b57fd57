package digitalocean

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestADeploymentCostsAtMostFortyCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, oceantest.Options{Boot: time.Minute, AddressAfter: 10 * time.Second})
		w.ocean.Fail(order, oceantest.ListLag(15*time.Second))
		w.live(5 * time.Minute)
		if got := len(w.ocean.Calls()); got > 40 {
			t.Errorf("%d calls were made, want at most 40", got)
		}
	})
}

func TestAHundredDeploymentsInAnHourCostAtMostHalfOfWhatIsAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, oceantest.Options{Boot: time.Minute, AddressAfter: 10 * time.Second, Linger: 10 * time.Second, Limit: 100})
		var deployments sync.WaitGroup
		for i := range 100 {
			deployments.Go(func() {
				time.Sleep(time.Duration(i) * 30 * time.Second)
				w.end(w.live(5 * time.Minute))
			})
		}
		deployments.Wait()
		if got := len(w.ocean.Calls()); got > 2500 {
			t.Errorf("%d calls were made, want at most 2,500", got)
		}
	})
}

// Private

// live orders a machine and looks at it as the life of a deployment does, until
// it has been up for a time.
func (w *world) live(up time.Duration) dictumal.Machine {
	w.Helper()
	machine := w.create()
	for machine.IP == "" {
		time.Sleep(5 * time.Second)
		machine = w.inspect(machine.ID)
	}
	for began := time.Now(); time.Since(began) < up; time.Sleep(2 * time.Second) {
		w.inspect(machine.ID)
	}
	return machine
}

// end removes a machine and looks until it has been missing for as long as it
// must be.
func (w *world) end(machine dictumal.Machine) {
	w.Helper()
	for absences := 0; absences < 7; time.Sleep(5 * time.Second) {
		if absences == 0 {
			if err := w.provider.Destroy(w.Context(), machine.ID); err != nil {
				w.Errorf("destroy: %v", err)
			}
		}
		if w.describe(machine.ID) == "missing" {
			absences++
		}
	}
}

package reconcile_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

func TestNobodyWaitsBehindMachinesThatAreOnlyLookedAfter(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		looks := &mute{Provider: w.provider}
		w.options.Provider, w.options.Workers = looks, 2
		defer w.run()()
		for range 20 {
			w.reaches(w.deploy(), dictumal.Active, time.Minute)
		}
		looks.mute.Store(true) // each look now takes the time that a call may take
		time.Sleep(2 * time.Minute)
		if looks.waiting.Load() == 0 {
			w.Fatal("nobody waits for an answer")
		}
		w.reaches(w.deploy(), dictumal.Configuring, time.Second)
	})
}

// mute is a provider that may give no answer to those who look at a machine, and
// tells nobody of changes.
type mute struct {
	dictumal.Provider
	mute    atomic.Bool
	waiting atomic.Int32
}

func (m *mute) Inspect(ctx context.Context, id string) (dictumal.Machine, error) {
	if m.mute.Load() {
		m.waiting.Add(1)
		defer m.waiting.Add(-1)
		<-ctx.Done()
		return dictumal.Machine{}, ctx.Err()
	}
	return m.Provider.Inspect(ctx, id)
}

func TestMachinesAreLookedAfterHoweverManyAreOnTheirWay(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.options.Provider, w.options.Workers = &mute{Provider: w.provider}, 2
		hang := &hangs{Prober: w.prober}
		w.options.Prober = hang
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		hang.on.Store(true) // each look into a machine now takes the time that it may take
		for range 20 {
			w.deploy()
		}
		time.Sleep(time.Minute)
		w.provider.Vanish(w.row(id).MachineID)
		w.reaches(id, dictumal.Errored, time.Minute+5*time.Second)
	})
}

// hangs is a prober that may give no answer.
type hangs struct {
	reconcile.Prober
	on atomic.Bool
}

func (h *hangs) Probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	if h.on.Load() {
		<-ctx.Done()
		return machine.Report{}, ctx.Err()
	}
	return h.Prober.Probe(ctx, target)
}

func TestNothingIsClaimedBeforeItIsDue(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		counted := &claims{Store: w.store}
		w.options.Store, w.options.Provider = counted, &mute{Provider: w.provider}
		defer w.run()()
		for range 10 {
			w.reaches(w.deploy(), dictumal.Active, time.Minute)
		}
		time.Sleep(time.Minute)
		before := counted.made.Load()
		time.Sleep(time.Hour)
		// Ten machines are looked at once a minute each.
		if made := counted.made.Load() - before; made > 600 {
			w.Errorf("%d claims in an hour, want at most 600", made)
		}
	})
}

type claims struct {
	*store.Store
	made atomic.Int32
}

func (c *claims) ClaimDue(ctx context.Context, owner string, lease time.Duration, queue store.Queue, limit int) ([]store.Row, error) {
	c.made.Add(1)
	return c.Store.ClaimDue(ctx, owner, lease, queue, limit)
}

func TestALookThatIsAnsweredLateHoldsUpNoRemoval(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.options.Provider = &mute{Provider: w.provider}
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		w.provider.Fail(providertest.CallInspect, providertest.Fault{Delay: 10 * time.Second})
		before := w.provider.Calls(providertest.CallInspect)
		for w.provider.Calls(providertest.CallInspect) == before {
			time.Sleep(time.Second)
		}
		w.destroy(id) // while its guard waits
		w.reaches(id, dictumal.Destroyed, 12*time.Second)
	})
}

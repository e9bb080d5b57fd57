package reconcile_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

func TestWhoIsNotFitClaimsNothingUntilItIs(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		var state fitness
		state.away.Store(true)
		w.options.Fit = state.fit
		defer w.run()()
		id := w.deploy()
		time.Sleep(5 * time.Minute)
		if calls := w.provider.Calls(providertest.CallList) + w.provider.Calls(providertest.CallCreate); calls != 0 || !w.row(id).CreateSentAt.IsZero() {
			w.Errorf("%d calls of the provider", calls)
		}
		if asked := state.asked.Load(); asked < 150 || asked > 600 {
			w.Errorf("in five minutes it looked %d times whether it may go on, want about once a second", asked)
		}
		state.away.Store(false)
		w.reaches(id, dictumal.Active, 15*time.Second)
	})
}

func TestWhoIsNotFitLeavesTheSweepToOthers(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		stop := w.run()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		stop()
		w.provider.Add(dictumal.MachineName(installation, oldAttempt))
		surveys := w.provider.Calls(providertest.CallList)
		var state fitness
		w.options.Fit = state.fit
		defer w.sweep()()
		time.Sleep(150 * time.Second) // with the next turn the machine is old enough
		state.away.Store(true)
		time.Sleep(10 * time.Minute)
		if lists := w.provider.Calls(providertest.CallList) - surveys; lists != 3 || w.machines() != 2 {
			w.Fatalf("%d sweeps and %d machines, want three and both", lists, w.machines())
		}
		w.options.Owner, w.options.Fit = "another", nil
		defer w.sweep()()
		time.Sleep(time.Second)
		if w.machines() != 1 {
			w.Error("another does not sweep")
		}
	})
}

func TestASweepGoesNoFurtherOnceItIsNotFit(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		stop := w.run()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		stop()
		w.provider.Add(dictumal.MachineName(installation, oldAttempt))
		var state fitness
		w.options.Fit = state.fit
		w.options.Store = &goesAway{Store: w.store, state: &state, sweeping: time.Now().Add(150 * time.Second)}
		defer w.sweep()() // with the turn after that the machine is old enough
		time.Sleep(10 * time.Minute)
		if calls := w.provider.Calls(providertest.CallDestroy); calls != 0 {
			w.Errorf("%d machines were removed", calls)
		}
	})
}

func TestWhatAnOrderCameToIsNotWrittenByOneThatIsNotFit(t *testing.T) {
	for name, is := range map[string]struct {
		goes    goesAway
		creates int // before another takes over
	}{
		"since before its intent": {goesAway{intending: true}, 0},
		"since its intent":        {goesAway{intended: true}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{}, func(w *world) {
				var state fitness
				is.goes.Store, is.goes.state = w.store, &state
				w.options.Fit, w.options.Store = state.fit, &is.goes
				defer w.run()()
				id := w.deploy()
				time.Sleep(10 * time.Second)
				row := w.row(id)
				if calls := w.provider.Calls(providertest.CallCreate); calls != is.creates || row.CreateSentAt.IsZero() != (calls == 0) || row.MachineID != "" {
					w.Fatalf("%d orders, sent at %s, machine %q", calls, row.CreateSentAt, row.MachineID)
				}
				w.options.Owner, w.options.Fit, w.options.Store = "another", nil, w.store
				defer w.run()()
				w.reaches(id, dictumal.Active, time.Minute)
				if calls := w.provider.Calls(providertest.CallCreate); calls != 1 || w.machines() != 1 {
					w.Errorf("%d orders and %d machines, want one of each", calls, w.machines())
				}
			})
		})
	}
}

// Private

// fitness is what a process is told of itself.
type fitness struct {
	away  atomic.Bool
	asked atomic.Int32
}

func (f *fitness) fit() error {
	f.asked.Add(1)
	if f.away.Load() {
		return errors.New("the clock has run away")
	}
	return nil
}

// goesAway is the database of a process whose clock runs away while it does something.
type goesAway struct {
	reconcile.Store
	state               *fitness
	intending, intended bool
	sweeping            time.Time // from then on
}

func (g *goesAway) Constitution(ctx context.Context, id string, version int) (dictumal.Constitution, error) {
	g.state.away.Store(g.intending)
	return g.Store.Constitution(ctx, id, version)
}

func (g *goesAway) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	err := g.Store.Save(ctx, row, to)
	if to.Keep {
		g.state.away.Store(g.intended)
	}
	return err
}

// SweepConfirmed is read when it is known what may be removed.
func (g *goesAway) SweepConfirmed(ctx context.Context) (string, error) {
	g.state.away.Store(!g.sweeping.IsZero() && time.Now().After(g.sweeping))
	return g.Store.SweepConfirmed(ctx)
}

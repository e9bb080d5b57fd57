package reconcile_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAPanicStopsNeitherTheOthersNorTheRowForGood(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		var panics atomic.Int32
		w.prober.shows = func(age time.Duration) (machine.Report, error) {
			if panics.Add(1) <= 3 {
				panic("a broken machine")
			}
			return boots(age)
		}
		defer w.run()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
	})
}

func TestAWorkerThatIsOvertakenWritesNothing(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		stuck := make(chan struct{})
		slow := w.options
		slow.Workers = 1 // it hangs with the one row that it gets
		var looks atomic.Int32
		slow.Prober = counts{waits{Prober: w.prober, until: stuck}, &looks}
		slow.Store = stalls{Store: w.store} // its claims are not renewed, as of a process that is stopped
		stop := w.start(w.Context(), reconcile.New(slow).Run)
		id := w.deploy()
		w.until(id, time.Minute, "a look into the machine", func(store.Row) bool { return looks.Load() == 1 })
		w.options.Owner = "another"
		defer w.run()()
		w.reaches(id, dictumal.Active, 2*time.Minute)
		close(stuck)
		time.Sleep(time.Second)
		stop()
		if row := w.row(id); row.Status != dictumal.Active {
			w.Errorf("status = %s, written by a worker that was overtaken", row.Status)
		}
	})
}

// waits is a prober that hangs until it is told, and then says that all is lost.
type waits struct {
	reconcile.Prober
	until <-chan struct{}
}

func (p waits) Probe(context.Context, machine.Target) (machine.Report, error) {
	<-p.until
	return machine.Report{}, machine.ErrHostKeyChanged
}

type stalls struct{ *store.Store }

func (s stalls) Renew(ctx context.Context, row store.Row, until time.Time) error {
	if row.Status == dictumal.Provisioning {
		return s.Store.Renew(ctx, row, until)
	}
	return nil
}

func TestALongStepKeepsItsClaim(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		// Find and Destroy take so long that the step outlasts its first lease.
		slow := providertest.Fault{Delay: 15 * time.Second}
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		w.options.Owner = "another"
		defer w.run()()
		w.provider.Fail(providertest.CallInspect, slow, slow, slow)
		w.provider.Fail(providertest.CallDestroy, slow, slow)
		w.provider.Fail(providertest.CallFind, slow)
		w.destroy(id)
		w.reaches(id, dictumal.Destroyed, 2*time.Minute)
		if calls := w.provider.Calls(providertest.CallDestroy); calls != 1 {
			w.Errorf("destroy was called %d times, want once: nobody else may take the row", calls)
		}
	})
}

func TestALookThatHangsKeepsItsClaim(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		var looks atomic.Int32
		hang := make(chan struct{})
		w.options.Prober = counts{waits{Prober: w.prober, until: hang}, &looks}
		defer w.run()()
		id := w.deploy()
		w.until(id, time.Minute, "a look into the machine", func(store.Row) bool { return looks.Load() == 1 })
		w.options.Owner = "another"
		defer w.run()()
		time.Sleep(2 * time.Minute)
		if looks.Load() != 1 {
			w.Errorf("%d workers look into the machine", looks.Load())
		}
		close(hang)
	})
}

type counts struct {
	waits
	looks *atomic.Int32
}

func (c counts) Probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	c.looks.Add(1)
	return c.waits.Probe(ctx, target)
}

func TestWhatAStepHasLearnedIsSavedAtShutdown(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, providertest.Fault{Delay: 3 * time.Second})
		stop := w.run()
		id := w.deploy()
		time.Sleep(time.Second) // the order is under way
		begun := time.Now()
		stop()
		if took := time.Since(begun); took > 6*time.Second {
			w.Errorf("the shutdown took %s", took)
		}
		if row := w.row(id); row.MachineID == "" || w.machines() != 1 {
			w.Errorf("machine id %q, %d machines; want what the order came to", row.MachineID, w.machines())
		}
		defer w.run()()
		w.reaches(id, dictumal.Active, 10*time.Second)
	})
}

func TestADatabaseThatDoesNotAnswerIsAskedEverLess(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		broken := &breaks{Store: w.store}
		w.options.Store = broken
		stop := w.run()
		time.Sleep(10 * time.Minute)
		if claims := broken.claims.Load(); claims < 10 || claims > 20 {
			w.Errorf("%d attempts in ten minutes", claims)
		}
		broken.healed.Store(true)
		w.reaches(w.deploy(), dictumal.Active, 2*time.Minute)
		stop()
	})
}

type breaks struct {
	*store.Store
	claims atomic.Int32
	healed atomic.Bool
}

func (b *breaks) NextDue(ctx context.Context, queue store.Queue) (time.Time, error) {
	if b.healed.Load() || queue != store.Unsettled {
		return b.Store.NextDue(ctx, queue)
	}
	b.claims.Add(1)
	return time.Time{}, errors.New("disk I/O error")
}

func TestAChangeIsNoticedAtOnceAndAlsoAfterTheConnectionBroke(t *testing.T) {
	inWorld(t, providertest.Behaviour{Traits: dictumal.Traits{Name: "memory", Absences: 1, PollEvery: time.Hour}}, func(w *world) {
		defer w.run()()
		first, second := w.deploy(), w.deploy()
		w.reaches(first, dictumal.Active, time.Minute)
		w.reaches(second, dictumal.Active, time.Minute)
		time.Sleep(10 * time.Second)
		w.provider.Vanish(w.row(first).MachineID)
		w.reaches(first, dictumal.Errored, time.Second)
		w.provider.BreakWatch()
		time.Sleep(5 * time.Second)
		w.provider.Vanish(w.row(second).MachineID)
		w.reaches(second, dictumal.Errored, time.Second)
	})
}

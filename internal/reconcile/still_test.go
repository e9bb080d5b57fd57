package reconcile_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
)

func TestASweepThatStoodStillGoesNoFurther(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		stop := w.run()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		stop()
		w.provider.Add(dictumal.MachineName(installation, oldAttempt))
		rows := &still{Store: w.store}
		w.options.Store = rows
		defer w.sweep()()
		time.Sleep(150 * time.Second) // with the next turn the machine is old enough
		rows.span.Store(int64(5 * time.Minute))
		w.options.Store, w.options.Owner = w.store, "another"
		defer w.sweep()()
		time.Sleep(15 * time.Minute)
		if calls := w.provider.Calls(providertest.CallDestroy); calls != 1 {
			w.Errorf("the machine was removed %d times, want once, by the one that goes on", calls)
		}
	})
}

// Private

// still stands still once, for a span.
type still struct {
	reconcile.Store
	span atomic.Int64
}

// SweepConfirmed reads what an admin allows before a sweep removes, and stands still.
func (s *still) SweepConfirmed(ctx context.Context) (string, error) {
	confirmed, err := s.Store.SweepConfirmed(ctx)
	time.Sleep(time.Duration(s.span.Swap(0)))
	return confirmed, err
}

package reconcile_test

import (
	"context"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// haltingStore is the database of a process that stands still when it has written
// its first order down.
type haltingStore struct {
	reconcile.Store
	halt *time.Duration
}

func (s haltingStore) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	err := s.Store.Save(ctx, row, to)
	if to.Keep {
		time.Sleep(*s.halt)
		*s.halt = 0
	}
	return err
}

func TestAnOrderThatIsNoLongerFreshIsNotSent(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		halt := 5 * time.Minute // much longer than the grace, which counts from what is written down
		w.options.Store = haltingStore{w.store, &halt}
		defer w.run()()
		id := w.deploy()
		row := w.reaches(id, dictumal.Active, 10*time.Minute)
		made := w.provider.Machines()
		if len(made) != 1 || made[0].Name != row.MachineName {
			t.Fatalf("there are %v, want the one machine %s", made, row.MachineName)
		}
		if late := made[0].CreatedAt.Sub(row.CreateSentAt); late > 5*time.Second {
			t.Errorf("the order was sent %s after it was written down", late)
		}
	})
}

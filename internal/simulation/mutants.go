//go:build mutants

package simulation

import (
	"context"
	"time"

	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

func (w *world) weaken(o *reconcile.Options) { o.Without = w.plan.Without }

func (w *world) uncapped(order *store.Order) { order.Without = w.plan.Without }

func (w *world) unfenced(s *store.Store) func(context.Context, store.Row) (store.Row, error) {
	if w.plan.Without == withoutFence {
		return s.Unfenced
	}
	return nil
}

// skew is by how much the clock of a process is ahead of the database's, where it is
// its own clock by which its leases end.
func (w *world) skew(number int) time.Duration {
	if w.plan.Without == withoutClock {
		return time.Duration(number%3-1) * 2 * time.Second
	}
	return 0
}

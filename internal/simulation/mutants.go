//go:build mutants

package simulation

import (
	"context"

	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

func (w *world) weaken(o *reconcile.Options) { o.Without = w.plan.Without }

func (w *world) uncapped(order *store.Order) { order.Without = w.plan.Without }

func (w *world) unfenced() func(context.Context, store.Row) (store.Row, error) {
	if w.plan.Without == withoutFence {
		return w.store.Unfenced
	}
	return nil
}

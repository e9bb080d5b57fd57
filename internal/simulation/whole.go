//go:build !mutants

package simulation

import (
	"context"
	"time"

	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

// weaken does nothing: no defence can be switched off in this build.
func (w *world) weaken(*reconcile.Options) {
	if w.plan.Without != "" {
		w.Fatal("defences can be switched off only with the tag mutants")
	}
}

func (w *world) uncapped(*store.Order) {}

func (w *world) unfenced(*store.Store) func(context.Context, store.Row) (store.Row, error) {
	return nil
}

func (w *world) skew(int) time.Duration { return 0 }

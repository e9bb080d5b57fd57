//go:build !mutants

package simulation

import (
	"context"

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

func (w *world) unfenced() func(context.Context, store.Row) (store.Row, error) { return nil }

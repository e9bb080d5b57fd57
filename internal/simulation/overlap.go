package simulation

import (
	"context"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// Overlap is what list and rows are compared in the right order for: two processes
// stand still in the midst of a sweep while a machine is ordered. One of them goes on
// soon, sees the machine and is killed; the other goes on when the grace is over.
func Overlap(t *testing.T, without string) Report {
	t.Helper()
	return run(t, Plan{Seed: 1, Climate: Truthful, Replicas: 1, Without: without}, func(w *world) []string {
		w.weather.end(w.begun)
		halts := func(span time.Duration) (stop func()) {
			ctx, cancel := context.WithCancel(w.Context())
			go func() { _ = w.halting(span).Sweep(ctx) }()
			return cancel
		}
		defer halts(20 * time.Second)()
		defer halts(grace + slack)()
		time.Sleep(10 * time.Second)
		id := w.order("person", 0)
		time.Sleep(3 * time.Minute)
		return []string{id}
	}, false)
}

// Private

// halting is a sweeper that stands still between its first look and its second.
func (w *world) halting(span time.Duration) *reconcile.Sweeper {
	l := &life{chance: w.chance, tally: w.tally, weather: w.weather, name: span.String(), end: func() {}}
	h := &halt{span: span}
	o := w.options
	o.Owner = l.name
	o.Store = haltingRows{w.rows(l, 0), h}
	o.Provider = haltingProvider{provider{life: l, cloud: w.cloud, sweeping: true}, h}
	w.weaken(&o)
	return reconcile.NewSweeper(o)
}

// halt is once.
type halt struct{ span time.Duration }

func (h *halt) stand() {
	span := h.span
	h.span = 0
	time.Sleep(span)
}

type haltingRows struct {
	rows
	halt *halt
}

// Hold has it think that nobody else sweeps, as one does that goes on after it stood
// still.
func (haltingRows) Hold(context.Context, string, string, time.Time) (bool, error) { return true, nil }

// Ownership reads what the rows own, and stands still.
func (r haltingRows) Ownership(ctx context.Context) (store.Ownership, error) {
	owned, err := r.rows.Ownership(ctx)
	r.halt.stand()
	return owned, err
}

type haltingProvider struct {
	provider
	halt *halt
}

// List reads what there is, and stands still.
func (p haltingProvider) List(ctx context.Context) ([]dictumal.Machine, error) {
	all, err := p.provider.List(ctx)
	p.halt.stand()
	return all, err
}

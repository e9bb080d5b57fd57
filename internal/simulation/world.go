package simulation

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

const installation = "simulate"

// world is a whole control plane on a fake clock, with people, processes and a cloud.
type world struct {
	*testing.T
	*chance
	*tally
	plan    Plan
	weather *weather
	ledger  *Ledger
	cloud   *cloud
	outages outages
	stores  []*store.Store // of each process
	options reconcile.Options
	begun   time.Time
	sweeps  bool
	wakes   []func() // of the runner of each process
}

// Private

func newWorld(t *testing.T, plan Plan, place string) *world {
	t.Helper()
	w := &world{T: t, plan: plan, chance: newChance(plan.Seed), tally: newTally(), begun: time.Now()}
	w.weather = &weather{begun: w.begun, storm: stormTime, calm: calmTime}
	w.ledger = NewLedger(plan.bounds())
	w.ledger.weather = w.weather
	w.outages = outages{w.chance, w.weather, plan.Rates.Away}
	w.cloud = &cloud{
		Ledger: w.ledger, chance: w.chance, tally: w.tally, climate: plan.Climate, grace: grace,
		bodies: map[string]*body{}, named: map[string][]*body{}, at: map[string]*body{}, numbers: map[string]int{},
	}
	w.wakes = make([]func(), plan.Replicas)
	for range plan.Replicas {
		w.stores = append(w.stores, storetest.OpenAt(t, place))
	}
	first := w.stores[0]
	for i := range owners {
		id := fmt.Sprintf("owner%d", i)
		w.must(first.AddUser(t.Context(), dictumal.User{ID: id, CreatedAt: time.Now()}, "local", id))
	}
	w.must(first.AddConstitution(t.Context(), dictumal.Constitution{ID: "law", Owner: "owner0", Version: 1, CreatedAt: time.Now()}))
	w.options = reconcile.Options{
		Prober: inside{w.cloud}, Sealer: secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength))),
		UserData:     func(_ store.Row, _ string, host machine.KeyPair) (string, error) { return host.AuthorizedLine, nil },
		Installation: installation, Grace: grace, ErrorKeep: errorKeep, ConfiguringTimeout: configure,
		Log: slog.New(slog.DiscardHandler),
	}
	return w
}

func (w *world) close() {
	for _, s := range w.stores {
		w.must(s.Close())
	}
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// work has all processes run until the returned function is called.
func (w *world) work() (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	var running sync.WaitGroup
	for i := range w.plan.Replicas {
		running.Go(func() { w.process(ctx, i) })
	}
	return func() { cancel(); running.Wait() }
}

package simulation

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/reconcile"
)

// Private

// process is a server that is started again whenever it was killed.
func (w *world) process(ctx context.Context, number int) {
	for run := 0; ctx.Err() == nil; run++ {
		name := fmt.Sprintf("process%d-%d", number, run)
		w.run(ctx, name, number)
		time.Sleep(w.between("rest "+name, 10*time.Millisecond, 3*time.Second))
	}
}

// wake tells the process that a person has spoken to, whether or not it is alive.
func (w *world) wake(person int) {
	if wake := w.wakes[person%len(w.wakes)]; wake != nil {
		wake()
	}
}

// run is one life of a process. Alone on its database it takes back the claims of
// the one before it, as a server does that has locked its data folder.
func (w *world) run(ctx context.Context, name string, number int) {
	living, end := context.WithCancel(ctx)
	defer end()
	l := &life{
		chance: w.chance, tally: w.tally, weather: w.weather, name: name, rates: w.plan.Rates, end: end, over: living.Done(),
	}
	if w.plan.Replicas == 1 {
		w.ledger.Do(func(time.Time) {
			w.must(w.stores[number].Release(living))
			w.ledger.Released()
		})
	}
	o := w.options
	o.Owner, o.Store = name, w.rows(l, number)
	o.Provider = provider{life: l, cloud: w.cloud}
	w.weaken(&o)
	var parts sync.WaitGroup
	runner := reconcile.New(o)
	w.ledger.Do(func(time.Time) { w.wakes[number] = runner.Wake })
	parts.Go(func() { _ = runner.Run(living) })
	o.Provider = provider{life: l, cloud: w.cloud, sweeping: true}
	if sweeper := reconcile.NewSweeper(o); w.sweeps {
		parts.Go(func() {
			time.Sleep(w.between("sweeper of "+name, time.Millisecond, time.Second))
			_ = sweeper.Run(living)
		})
	}
	parts.Wait()
}

// rows is the database for a process, which has its own way there.
func (w *world) rows(l *life, number int) rows {
	s := w.stores[number]
	return rows{Store: s, life: l, outages: w.outages, ledger: w.ledger, unfenced: w.unfenced(s), skew: w.skew(number)}
}

const (
	withoutSweeper = "sweeper"
	withoutFence   = "fencing generation"
	withoutCap     = "cap"
	withoutClock   = "leases by one clock"
)

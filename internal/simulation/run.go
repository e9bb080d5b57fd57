package simulation

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

// Run carries a plan out, until nothing is left of it.
func Run(t *testing.T, plan Plan) Report {
	t.Helper()
	return run(t, plan, (*world).live, plan.Without != withoutSweeper)
}

// Private

// run has people live in a world of its own, with or without a sweeper.
func run(t *testing.T, plan Plan, live func(*world) []string, sweeps bool) Report {
	t.Helper()
	plan = plan.withDefaults()
	place, begun := place(t), time.Now()
	report := Report{Plan: plan}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, plan, place)
		defer w.close()
		w.sweeps = sweeps
		stop := w.work()
		ids := live(w)
		w.settle(ids)
		stop()
		w.audit(ids)
		w.report(&report)
	})
	report.Wall = time.Since(begun)
	return report
}

// place is where the rows are: in a file, or on the server on which the tests are run.
func place(t *testing.T) string {
	t.Helper()
	if place := storetest.Place(t); store.IsPostgres(place) {
		return place
	}
	return filepath.Join(folder(t), "dictumal.db")
}

// folder is in memory where the host has such a place: it is not the disk that is
// tested.
func folder(t *testing.T) string {
	t.Helper()
	memory, err := os.MkdirTemp("/dev/shm", "simulation-*") //nolint:usetesting // the test's own folder is on the disk
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(memory) })
	return memory
}

// settle waits until it is calm, has all that is left removed, and waits until that
// must be over.
func (w *world) settle(ids []string) {
	w.ledger.Do(func(now time.Time) { w.weather.end(now) })
	time.Sleep(provision + slack)
	for i, id := range ids {
		w.destroy(i, id)
	}
	time.Sleep(w.plan.bounds().Destroy + w.plan.bounds().Orphan + 2*slack)
	w.ledger.Do(func(time.Time) {})
}

// audit compares the ledger with the rows and their histories: what it checked at
// every event must have been what there was.
func (w *world) audit(ids []string) {
	for _, id := range ids {
		row, err := w.stores[0].Deployment(w.Context(), id)
		w.must(err)
		told, err := w.stores[0].Timeline(w.Context(), id)
		w.must(err)
		status, stage := dictumal.Status(""), dictumal.Stage("")
		w.ledger.Do(func(now time.Time) {
			p := w.ledger.pages[id]
			if row.Status != dictumal.Destroyed || row.Status != p.status || row.Generation != p.generation {
				w.ledger.broke(now, p, Liveness, "is %s in the end, and %s in the ledger", row.Status, p.status)
			}
			for _, e := range told {
				if e.Status != "" && status != "" && !status.CanBecome(e.Status) {
					w.ledger.broke(now, p, History, "tells that it went from %s to %s", status, e.Status)
				}
				if e.Stage != "" && e.Stage.Percent() <= stage.Percent() {
					w.ledger.broke(now, p, History, "tells that it went from %s to %s", stage, e.Stage)
				}
				if e.Status != "" {
					status = e.Status
				}
				if e.Stage != "" {
					stage = e.Stage
				}
			}
		})
	}
	w.ledger.Do(func(now time.Time) {
		for _, m := range w.ledger.machines {
			w.ledger.broke(now, m.page, NoOrphan, "has %s in the end", m.id)
		}
	})
}

func (w *world) report(r *Report) {
	r.Virtual = time.Since(w.begun)
	r.Kills, r.Orders, r.Faults, r.Machines = w.kills, w.orders, w.faults, w.cloud.count
	r.Busiest, r.Hash, r.Violations = w.ledger.calls.most, w.ledger.Hash(), w.ledger.Violations()
}

package reconcile_test

import (
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

// TestMachinesYoungerThanARestoredDumpAreKept goes back to rows that pg_dump has copied
// before the second desktop was ordered.
func TestMachinesYoungerThanARestoredDumpAreKept(t *testing.T) {
	place, empty := postgrestest.Database(t), postgrestest.Database(t)
	inWorldAt(t, place, providertest.Behaviour{}, func(w *world) {
		stop := w.run()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		dump := postgrestest.Dump(w.T, place)
		time.Sleep(time.Hour)
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		stop()
		postgrestest.Restore(w.T, dump, empty)
		w.store = storetest.OpenAt(w.T, empty)
		defer func() { w.must(w.store.Close()) }()
		w.options.Store = w.store
		w.provider.Add(dictumal.MachineName(installation, oldAttempt)) // which nobody needs
		defer w.run()()
		defer w.sweep()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute) // its name is newer than that of the kept one
		time.Sleep(10 * time.Minute)
		if w.machines() != 3 {
			w.Errorf("%d machines, want the two of the rows and the one from after the dump", w.machines())
		}
	})
}

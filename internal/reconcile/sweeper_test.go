package reconcile_test

import (
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// Attempts before and after every one that a test makes.
const (
	oldAttempt = "00000000000000000000000000"
	newAttempt = "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"
)

func TestAMachineThatNoRowOwnsIsRemovedAfterTheGrace(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		defer w.sweep()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		w.provider.Add(dictumal.MachineName(installation, oldAttempt))
		time.Sleep(2 * time.Minute)
		if w.machines() != 2 {
			w.Fatal("it was removed before the grace was over")
		}
		time.Sleep(2 * time.Minute)
		if w.machines() != 1 {
			w.Errorf("%d machines after the grace and two sweeps, want the owned one", w.machines())
		}
	})
}

func TestASecondMachineOfAnAnsweredOrderIsRemovedByTheNextSweep(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, providertest.Fault{Twice: true})
		defer w.run()()
		defer w.sweep()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		time.Sleep(time.Minute)
		left := w.provider.Machines()
		if len(left) != 1 || left[0].ID != w.row(id).MachineID {
			w.Errorf("machines = %v, want the row's own", left)
		}
	})
}

func TestTheMachinesOfOthersAreNeverTouched(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		defer w.sweep()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		w.provider.Add(dictumal.MachineName("other000", oldAttempt))
		w.provider.Add("somebodys-database")
		time.Sleep(10 * time.Minute)
		if w.machines() != 3 {
			w.Errorf("%d machines, want all three", w.machines())
		}
	})
}

func TestMachinesYoungerThanTheRowsAreOnlyReportedUntilConfirmed(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		defer w.sweep()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		name := w.provider.Add(dictumal.MachineName(installation, newAttempt)).Name
		time.Sleep(10 * time.Minute)
		if w.machines() != 2 {
			w.Fatal("a machine from after a backup was removed")
		}
		w.must(w.store.ConfirmSweep(w.Context(), name))
		time.Sleep(2 * time.Minute)
		if w.machines() != 1 {
			w.Error("the machine is there, though an admin has confirmed")
		}
	})
}

func TestMachinesYoungerThanARestoredBackupOutliveTheNextOrderAndAStart(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		time.Sleep(time.Hour)
		w.provider.Add(dictumal.MachineName(installation, ulid.Make().String()))
		stop := w.sweep()
		time.Sleep(5 * time.Minute)
		w.reaches(w.deploy(), dictumal.Active, time.Minute) // its name is newer than that of the machine
		time.Sleep(5 * time.Minute)
		stop()
		defer w.sweep()()
		time.Sleep(5 * time.Minute)
		if w.machines() != 3 {
			w.Errorf("%d machines, want the two of the rows and the one from after the backup", w.machines())
		}
	})
}

func TestMachinesYoungerThanARestoredBackupOutliveAnOrderBeforeTheFirstSweep(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		stop := w.run()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		stop()
		time.Sleep(time.Hour)
		w.provider.Add(dictumal.MachineName(installation, ulid.Make().String()))
		defer w.run()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		defer w.sweep()()
		time.Sleep(10 * time.Minute)
		if w.machines() != 3 {
			w.Errorf("%d machines, want the two of the rows and the one from after the backup", w.machines())
		}
	})
}

func TestAnOrderWaitsUntilItIsKnownWhatNoRowOwns(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.Fail(providertest.CallList, providertest.Fault{Err: errDropped}, providertest.Fault{Err: errDropped})
		defer w.run()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		if lists, orders := w.provider.Calls(providertest.CallList), w.provider.Calls(providertest.CallCreate); lists != 3 || orders != 1 {
			w.Errorf("%d lists and %d orders, want two lists that fail, one that does not, and one order", lists, orders)
		}
	})
}

func TestMachinesOnTheirWayAreNotSwept(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: 9 * time.Minute}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, providertest.Fault{Err: errDropped, Done: true})
		defer w.run()()
		defer w.sweep()()
		w.reaches(w.deploy(), dictumal.Active, 10*time.Minute)
		if calls := w.provider.Calls(providertest.CallDestroy); calls != 0 {
			w.Errorf("%d machines were destroyed", calls)
		}
	})
}

func TestOneReplicaSweepsAtATime(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.sweep()()
		w.options.Owner = "another"
		defer w.sweep()()
		time.Sleep(10*time.Minute + time.Second)
		if calls := w.provider.Calls(providertest.CallList); calls != 11 {
			w.Errorf("%d sweeps in ten minutes, want one a minute and the first", calls)
		}
	})
}

func TestWhoEndsLetsAnotherReplicaSweepAtOnce(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		end := w.sweep() // now, and after a minute
		time.Sleep(10 * time.Second)
		w.options.Owner = "another"
		defer w.sweep()() // whose turns are 10 s later
		time.Sleep(55 * time.Second)
		end()
		time.Sleep(10 * time.Second)
		if calls := w.provider.Calls(providertest.CallList); calls != 3 {
			w.Errorf("%d sweeps, want two of the one and then one of the other", calls)
		}
	})
}

func TestAMachineThatComesBackAfterItWasGivenUpIsSwept(t *testing.T) {
	inWorld(t, providertest.Behaviour{Appear: 3 * time.Minute}, func(w *world) {
		w.provider.Fail(providertest.CallCreate, providertest.Fault{Err: errDropped, Done: true})
		defer w.run()()
		defer w.sweep()()
		id := w.deploy() // its first machine shows only when the second has been ordered
		time.Sleep(time.Minute)
		w.provider.Behave(func(b *providertest.Behaviour) { b.Appear = 0 })
		w.until(id, 8*time.Minute, "another machine", func(row store.Row) bool {
			return row.Status == dictumal.Active && w.provider.Calls(providertest.CallCreate) == 2
		})
		time.Sleep(5 * time.Minute)
		if w.machines() != 1 {
			w.Errorf("%d machines, want one", w.machines())
		}
	})
}

package reconcile_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

var errDropped = errors.New("connection reset by peer")

func TestAnOrderWithoutAnAnswerMakesOneMachine(t *testing.T) {
	for name, is := range map[string]struct {
		behaviour providertest.Behaviour
		fault     providertest.Fault
		creates   int
		atLeast   time.Duration
		says      string
	}{
		"it was carried out": {
			fault: providertest.Fault{Err: errDropped, Done: true}, creates: 1, says: "Found the machine",
		},
		"it was carried out twice": {
			fault: providertest.Fault{Err: errDropped, Done: true, Twice: true}, creates: 1, says: "keeping the oldest",
		},
		"it was lost": {
			fault: providertest.Fault{Err: errDropped}, creates: 2, atLeast: 2 * time.Minute, says: "came to nothing",
		},
		"it takes too long": {
			fault: providertest.Fault{Delay: time.Minute}, creates: 2, atLeast: 2 * time.Minute, says: "no clear answer",
		},
		"it was carried out and the list lags": {
			behaviour: providertest.Behaviour{Traits: cloud, Appear: 100 * time.Second},
			fault:     providertest.Fault{Err: errDropped, Done: true}, creates: 1, atLeast: 100 * time.Second, says: "Found the machine",
		},
		"it was answered and the list lags": {
			behaviour: providertest.Behaviour{Traits: cloud, Appear: 100 * time.Second, Boot: time.Second}, creates: 1, atLeast: 100 * time.Second,
		},
		"it was answered with an address and the list lags": {
			behaviour: providertest.Behaviour{Traits: cloud, Appear: 100 * time.Second}, creates: 1,
		},
		"it was refused for now": {
			fault:   providertest.Fault{Err: &dictumal.Refusal{Message: "Too many requests.", RetryAfter: 30 * time.Second}},
			creates: 2, atLeast: 30 * time.Second, says: "Too many requests.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, is.behaviour, func(w *world) {
				w.provider.Fail(providertest.CallCreate, is.fault)
				defer w.run()()
				id := w.deploy()
				row := w.reaches(id, dictumal.Active, 5*time.Minute)
				if took := row.ActiveAt.Sub(row.CreatedAt); took < is.atLeast || took > is.atLeast+30*time.Second {
					w.Errorf("took %s, want about %s", took, is.atLeast)
				}
				if calls := w.provider.Calls(providertest.CallCreate); calls != is.creates || w.machines() != 1 {
					w.Errorf("%d orders and %d machines, want %d and 1", calls, w.machines(), is.creates)
				}
				w.mentions(id, is.says)
				time.Sleep(2 * time.Minute)
				if row := w.row(id); row.Status != dictumal.Active || w.machines() != 1 {
					w.Errorf("%s with %d machines later", row.Status, w.machines())
				}
			})
		})
	}
}

func TestAClearNoIsAnErrorWithoutAMachine(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.SetQuota(0)
		defer w.run()()
		row := w.reaches(w.deploy(), dictumal.Errored, time.Second)
		if row.Failure.Reason != dictumal.ReasonQuota || row.Failure.NextStep == "" || row.MachineGoneAt.IsZero() {
			w.Errorf("failure = %+v, gone at %s; want the provider's refusal and nothing to remove", row.Failure, row.MachineGoneAt)
		}
	})
}

func TestADestroyIsRepeatedUntilTheMachineIsGone(t *testing.T) {
	for name, fail := range map[string]func(w *world) (heal func()){
		"taken but not carried out": func(w *world) func() {
			w.provider.Behave(func(b *providertest.Behaviour) { b.NoDelete = true })
			return func() { w.provider.Behave(func(b *providertest.Behaviour) { b.NoDelete = false }) }
		},
		"failing again and again": func(w *world) func() {
			w.provider.Fail(providertest.CallDestroy, failures(20, errDropped)...)
			return func() {}
		},
		"refused for a pending event": func(w *world) func() {
			w.provider.Fail(providertest.CallDestroy, failures(5, &dictumal.Refusal{Message: "Pending event.", RetryAfter: time.Minute})...)
			return func() {}
		},
		"answered by nobody": func(w *world) func() {
			w.provider.Fail(providertest.CallInspect, failures(20, errDropped)...)
			return func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{Traits: cloud}, func(w *world) {
				defer w.run()()
				id := w.deploy()
				w.reaches(id, dictumal.Active, 3*time.Minute)
				heal := fail(w)
				w.destroy(id)
				time.Sleep(4 * time.Minute)
				if row := w.row(id); row.Status != dictumal.Destroying {
					w.Fatalf("status = %s while the machine is there", row.Status)
				}
				heal()
				w.reaches(id, dictumal.Destroyed, 30*time.Minute)
				if w.machines() != 0 {
					w.Error("a machine is left")
				}
				if told := strings.Count(w.story(id), "asking again until it is gone"); told > 1 {
					w.Errorf("people were told %d times", told)
				}
			})
		})
	}
}

func failures(count int, err error) []providertest.Fault {
	all := make([]providertest.Fault, count)
	for i := range all {
		all[i].Err = err
	}
	return all
}

func TestAnOrderForAnotherProviderIsNotPlacedHere(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deploy(func(row *store.Row) { row.Provider = "digitalocean" })
		row := w.reaches(id, dictumal.Errored, time.Second)
		if row.Failure.Reason != dictumal.ReasonProviderMissing || w.machines() != 0 {
			w.Errorf("failure = %+v with %d machines", row.Failure, w.machines())
		}
	})
}

func TestLooksThatFollowAtOnceAreOneAbsence(t *testing.T) {
	inWorld(t, providertest.Behaviour{Traits: cloud}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		first := w.reaches(id, dictumal.Active, time.Minute)
		time.Sleep(5 * time.Minute) // until the grace of the order is over
		w.provider.Vanish(first.MachineID)
		w.until(id, 2*time.Minute, "an absence", func(row store.Row) bool { return row.Absences == 1 })
		for range 5 {
			w.must(w.store.Wake(w.Context(), first.MachineName))
			w.wake()
			time.Sleep(100 * time.Millisecond)
		}
		if row := w.row(id); row.Absences != 1 {
			w.Errorf("%d absences, though a provider may answer them all from one list", row.Absences)
		}
		w.reaches(id, dictumal.Errored, time.Minute)
	})
}

package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// granted orders for a dollar an hour.
func granted(ttl time.Duration, budget float64) func(*store.Row) {
	return func(row *store.Row) {
		row.PricePerHour = 1
		row.Policy.Lifetime = dictumal.LifetimePolicy{TTL: ttl, Budget: budget}
		if ttl > 0 {
			row.ExpiresAt = row.CreatedAt.Add(ttl)
		}
	}
}

func TestAMachineIsEndedWithASentenceThatNamesTheClause(t *testing.T) {
	for _, test := range []struct {
		name   string
		ttl    time.Duration
		budget float64
		lives  time.Duration
		story  []string
	}{
		{"its lifetime is over", time.Hour, 0, time.Hour, []string{
			"note  The lifetime ends in 15 minutes (lifetime.ttl)", "note  The lifetime ends in 5 minutes (lifetime.ttl)",
			"The lifetime of 1 hour that the constitution grants is over (lifetime.ttl); the machine is being removed.",
		}},
		{"its budget is used up", 0, 1, 58 * time.Minute, []string{
			"note  50 percent of the budget of $1.00", "note  80 percent of the budget", "note  95 percent of the budget",
			"The budget of $1.00 that the constitution grants is used up (lifetime.budget); the machine is being removed.",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{Boot: time.Second}, func(w *world) {
				defer w.run()()
				id := w.deploy(granted(test.ttl, test.budget))
				row := w.reaches(id, dictumal.Destroyed, 2*time.Hour)
				if lived := row.DestroyedAt.Sub(row.OrderedAt); lived < test.lives || lived > test.lives+time.Minute {
					w.Errorf("it lived for %s, want %s", lived, test.lives)
				}
				if cost := row.Cost(time.Now()); test.budget > 0 && cost > test.budget {
					w.Errorf("it cost %v of %v", cost, test.budget)
				}
				rest := w.story(id)
				for _, line := range test.story {
					before, after, found := strings.Cut(rest, line)
					if !found || strings.Contains(after, line) {
						w.Fatalf("%q is not told once, in order, by\n%s", line, before+rest)
					}
					rest = after
				}
			})
		})
	}
}

func TestAFailedMachineIsNotKeptLongerThanItsConstitutionGrants(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: time.Second}, func(w *world) {
		w.prober.shows = always(machine.Report{SSH: true})
		w.options.ConfiguringTimeout = 10 * time.Minute
		defer w.run()()
		id := w.deploy(granted(20*time.Minute, 0))
		w.reaches(id, dictumal.Errored, 15*time.Minute)
		row := w.until(id, 15*time.Minute, "its machine gone", func(row store.Row) bool { return !row.MachineGoneAt.IsZero() })
		if lived := row.MachineGoneAt.Sub(row.CreatedAt); lived > 21*time.Minute {
			w.Errorf("the machine was kept for %s", lived)
		}
		if !strings.Contains(w.story(id), "(lifetime.ttl); it has been removed.") {
			w.Errorf("nothing names the clause:\n%s", w.story(id))
		}
	})
}

func TestWhatIsProvenIsKept(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: time.Second, Traits: cloud}, func(w *world) {
		defer w.run()()
		id := w.deploy(granted(0, 0))
		w.reaches(id, dictumal.Active, time.Minute)
		w.destroy(id)
		row := w.reaches(id, dictumal.Destroyed, 10*time.Minute)
		if p := row.Proof; p.Absences < 3 || row.MachineGoneAt.Sub(p.Since) < 30*time.Second {
			w.Errorf("the proof is %+v until %s", p, row.MachineGoneAt)
		}
		if row.OrderedAt.IsZero() || row.OrderedAt.Before(row.CreatedAt) {
			w.Errorf("ordered at %s", row.OrderedAt)
		}
	})
}

func TestARefusedOrderCostsNothing(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.provider.SetQuota(0)
		defer w.run()()
		id := w.deploy(granted(0, 0))
		if row := w.reaches(id, dictumal.Errored, time.Minute); !row.OrderedAt.IsZero() || row.Cost(time.Now().Add(time.Hour)) != 0 {
			w.Errorf("ordered at %s", row.OrderedAt)
		}
	})
}

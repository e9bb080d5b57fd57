package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func claimDue(t *testing.T, s *store.Store, lease time.Duration, queue store.Queue, limit int) []store.Row {
	t.Helper()
	rows, err := s.ClaimDue(t.Context(), "worker", lease, queue, limit)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func ids(rows []store.Row) (all []string) {
	for _, row := range rows {
		all = append(all, row.ID)
	}
	slices.Sort(all)
	return all
}

// becomes brings a row to a status, due at a time.
func becomes(t *testing.T, s *store.Store, id string, status dictumal.Status, due time.Time) {
	t.Helper()
	row := claim(t, s, time.Hour)
	if row.ID != id {
		t.Fatalf("claimed %s, want %s", row.ID, id)
	}
	row.Status = status
	if err := s.Save(t.Context(), row, store.Outcome{Wake: due}); err != nil {
		t.Fatal(err)
	}
}

func TestNoRowIsInTwoBatches(t *testing.T) {
	s := open(t)
	for i := range 100 {
		add(t, s, order(fmt.Sprintf("D%03d", i)))
	}
	var mu sync.Mutex
	claimed := map[string]int{}
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for {
				rows, err := s.ClaimDue(t.Context(), "worker", time.Hour, store.Unsettled, 7)
				if err != nil {
					t.Error(err)
				}
				if len(rows) == 0 {
					return
				}
				mu.Lock()
				for _, row := range rows {
					claimed[row.ID]++
				}
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if len(claimed) != 100 {
		t.Errorf("claimed %d of 100 rows", len(claimed))
	}
	for id, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}

func TestABatchHasThoseThatAreDueLongest(t *testing.T) {
	s := open(t)
	now := time.Now()
	for i, ago := range []time.Duration{time.Minute, time.Hour, -time.Hour, time.Second, 2 * time.Hour} {
		o := order(fmt.Sprintf("D%d", i))
		o.Row.CreatedAt = now.Add(-ago)
		add(t, s, o)
	}
	for _, want := range [][]string{{"D1", "D4"}, {"D0", "D3"}, nil} {
		if got := ids(claimDue(t, s, time.Hour, store.Unsettled, 2)); !slices.Equal(got, want) {
			t.Errorf("claimed %v, want %v", got, want)
		}
	}
}

func TestTheBatchOfAWorkerThatWasKilledIsClaimedAgain(t *testing.T) {
	s := open(t)
	for i := range 5 {
		add(t, s, order(fmt.Sprintf("D%d", i)))
	}
	killed := claimDue(t, s, -time.Second, store.Unsettled, 5) // its leases are over
	if again := claimDue(t, s, time.Hour, store.Unsettled, 10); !slices.Equal(ids(again), ids(killed)) {
		t.Errorf("claimed %v, want %v", ids(again), ids(killed))
	}
	for _, row := range killed {
		if err := s.Save(t.Context(), row, store.Outcome{}); !errors.Is(err, store.ErrFenced) {
			t.Errorf("saving %s with the first claim = %v, want ErrFenced", row.ID, err)
		}
	}
	if none := claimDue(t, s, time.Hour, store.Unsettled, 10); len(none) != 0 {
		t.Errorf("claimed %v while others work on them", ids(none))
	}
}

func TestWhatPeopleWaitForIsClaimedBesideWhatIsLookedAfter(t *testing.T) {
	for status, settled := range map[dictumal.Status]bool{
		dictumal.Provisioning: false, dictumal.Configuring: false, dictumal.Destroying: false,
		dictumal.Active: true, dictumal.Errored: true,
	} {
		t.Run(string(status), func(t *testing.T) {
			s := open(t)
			add(t, s, order("D1"))
			becomes(t, s, "D1", status, time.Now())
			own, other := store.Unsettled, store.Settled
			if settled {
				own, other = other, own
			}
			if rows := claimDue(t, s, time.Hour, other, 1); len(rows) != 0 {
				t.Errorf("it is claimed with those that are settled: %v", !settled)
			}
			if next, err := s.NextDue(t.Context(), other); err != nil || !next.IsZero() {
				t.Errorf("among the others one is due at %s, %v", next, err)
			}
			if next, err := s.NextDue(t.Context(), own); err != nil || time.Until(next) > 0 || next.IsZero() {
				t.Errorf("it is due at %s, %v; want now", next, err)
			}
			if rows := claimDue(t, s, time.Hour, own, 1); len(rows) != 1 {
				t.Error("it is not claimed")
			}
		})
	}
	s := open(t)
	add(t, s, order("D1"))
	becomes(t, s, "D1", dictumal.Destroyed, time.Now())
	for _, queue := range []store.Queue{store.Unsettled, store.Settled} {
		if rows := claimDue(t, s, time.Hour, queue, 1); len(rows) != 0 {
			t.Error("one that is destroyed was claimed")
		}
	}
}

// scene is a database with the one row D1.
type scene struct {
	t *testing.T
	*store.Store
}

func newScene(t *testing.T, now time.Time) scene {
	t.Helper()
	s := scene{t, open(t)}
	o := order("D1")
	o.Row.CreatedAt = now
	add(t, s.Store, o)
	return s
}

func (s scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// order claims the row and gives it a machine.
func (s scene) order(lease time.Duration) store.Row {
	s.t.Helper()
	row := claim(s.t, s.Store, lease)
	row.MachineName = "dictumal-x-1"
	s.must(s.Save(s.t.Context(), row, store.Outcome{Keep: true}))
	return row
}

// machineChanges tells that the row's machine has.
func (s scene) machineChanges() {
	s.t.Helper()
	s.must(s.Wake(s.t.Context(), "dictumal-x-1"))
}

func TestTheNextRowIsDueWhenItsClaimEndsAtTheLatest(t *testing.T) {
	now := time.Now().Truncate(time.Microsecond)
	for name, test := range map[string]struct {
		change func(s scene)
		want   time.Time
	}{
		"a new one: at once": {func(scene) {}, now},
		"one that was saved: at its own time": {func(s scene) {
			becomes(s.t, s.Store, "D1", dictumal.Configuring, now.Add(time.Minute))
		}, now.Add(time.Minute)},
		"one that is claimed: when that ends": {func(s scene) { claim(s.t, s.Store, time.Hour) }, now.Add(time.Hour)},
		"one whose claim was renewed: when that ends": {func(s scene) {
			s.must(s.Renew(s.t.Context(), claim(s.t, s.Store, time.Hour), now.Add(2*time.Hour)))
		}, now.Add(2 * time.Hour)},
		"one that was woken while it is claimed: when that ends": {func(s scene) {
			s.order(time.Hour)
			s.machineChanges()
		}, now.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, now)
			test.change(s)
			next, err := s.NextDue(t.Context(), store.Unsettled)
			if err != nil || next.Sub(test.want).Abs() > 30*time.Second { // leases count from when they are taken
				t.Errorf("due at %s, %v; want %s", next, err, test.want)
			}
		})
	}
}

func TestWhoSavesIsToldThatTheRowIsDueAtOnceAllTheSame(t *testing.T) {
	for name, test := range map[string]struct {
		meanwhile func(s scene)
		told      bool
	}{
		"nothing happened":    {func(scene) {}, false},
		"its machine changed": {scene.machineChanges, true},
		"its owner destroyed it": {func(s scene) {
			_, err := s.MarkDestroying(s.t.Context(), "ada", "D1", "Destroyed by its owner.")
			s.must(err)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, told := newScene(t, time.Now()), false
			row := s.order(time.Hour)
			test.meanwhile(s)
			s.must(s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour), Woken: func() { told = true }}))
			if told != test.told {
				t.Errorf("told = %v, want %v", told, test.told)
			}
		})
	}
}

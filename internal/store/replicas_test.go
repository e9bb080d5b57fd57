package store_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

// replicas are three stores on one database of a server, as three processes have them.
func replicas(t *testing.T) []*store.Store {
	t.Helper()
	place := postgrestest.Database(t)
	return []*store.Store{openAt(t, place), openAt(t, place), openAt(t, place)}
}

// atOnce has each replica do the same several times, all at once, and gathers what came
// of it: nil counts what has succeeded.
func atOnce(all []*store.Store, times int, do func(s *store.Store, number int) error) map[error]int {
	var mu sync.Mutex
	var busy sync.WaitGroup
	came := map[error]int{}
	begin := make(chan struct{})
	for i, s := range all {
		for j := range times {
			busy.Go(func() {
				<-begin
				err := do(s, i*times+j)
				mu.Lock()
				defer mu.Unlock()
				came[kind(err)]++
			})
		}
	}
	close(begin)
	busy.Wait()
	return came
}

var errCap = errors.New("a cap")

// kind is the error that others can be counted by.
func kind(err error) error {
	var limit *store.CapError
	var spend *store.SpendError
	if errors.As(err, &limit) || errors.As(err, &spend) {
		return errCap
	}
	for _, known := range []error{store.ErrFenced, store.ErrNotFound, store.ErrManyGrants, store.ErrNotFailed, store.ErrDuplicate} {
		if errors.Is(err, known) {
			return known
		}
	}
	return err
}

func expect(t *testing.T, came, want map[error]int) {
	t.Helper()
	if !maps.Equal(came, want) {
		t.Errorf("what came of it, and how often: %v; want %v", came, want)
	}
}

func TestCapsHoldThoughSeveralReplicasTakeOrdersAtOnce(t *testing.T) {
	all := replicas(t)
	came := atOnce(all, 20, func(s *store.Store, number int) error {
		o := order(fmt.Sprintf("D%02d", number))
		o.PerUser = 7
		_, _, err := s.AddDeployment(t.Context(), o)
		return err
	})
	expect(t, came, map[error]int{nil: 7, errCap: 53})
	if own, total, err := all[0].Live(t.Context(), "ada"); err != nil || own != 7 || total != 7 {
		t.Errorf("there are %d, %d, %v", own, total, err)
	}
}

func TestTheCapOnSpendHoldsThoughSeveralReplicasTakeOrdersAtOnce(t *testing.T) {
	each := (time.Minute + dictumal.RemovalReserve).Hours() // at a dollar an hour
	came := atOnce(replicas(t), 10, func(s *store.Store, number int) error {
		o := order(fmt.Sprintf("D%02d", number))
		o.Row.PricePerHour, o.Row.Billing, o.Row.ExpiresAt = 1, cloud, o.Row.CreatedAt.Add(time.Minute)
		o.Spend.Total = 5.5 * each
		_, _, err := s.AddDeployment(t.Context(), o)
		return err
	})
	expect(t, came, map[error]int{nil: 5, errCap: 25})
}

func TestAKeyThatIsUsedAtSeveralReplicasAtOnceGivesOneDeployment(t *testing.T) {
	all := replicas(t)
	var mu sync.Mutex
	made, ids := 0, map[string]bool{}
	came := atOnce(all, 5, func(s *store.Store, number int) error {
		o := order(fmt.Sprintf("D%02d", number))
		o.Key, o.Body = "key", "body"
		row, created, err := s.AddDeployment(t.Context(), o)
		mu.Lock()
		defer mu.Unlock()
		ids[row.ID] = true
		if created {
			made++
		}
		return err
	})
	expect(t, came, map[error]int{nil: 15})
	if made != 1 || len(ids) != 1 {
		t.Errorf("made %d, and answered with %v", made, ids)
	}
}

func TestNoRowIsClaimedByTwoReplicas(t *testing.T) {
	all := replicas(t)
	for i := range 60 {
		add(t, all[0], order(fmt.Sprintf("D%02d", i)))
	}
	var mu sync.Mutex
	claimed := map[string]int{}
	came := atOnce(all, 10, func(s *store.Store, number int) error {
		rows, err := s.ClaimDue(t.Context(), fmt.Sprint("worker ", number), time.Hour, store.Unsettled, 3)
		mu.Lock()
		defer mu.Unlock()
		for _, row := range rows {
			claimed[row.ID]++
		}
		return err
	})
	expect(t, came, map[error]int{nil: 30})
	for id, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
	if len(claimed) != 60 {
		t.Errorf("%d of 60 were claimed by 30 who take up to 3", len(claimed))
	}
}

func TestAWorkerThatWasOvertakenByAnotherReplicaWritesNothing(t *testing.T) {
	all := replicas(t)
	add(t, all[0], order("D1"))
	former := claim(t, all[0], -time.Second) // its lease is over
	present := claim(t, all[1], time.Hour)
	entries := []store.Entry{{Event: dictumal.Event{Kind: dictumal.EventNote, Text: "A sentence."}}}
	if err := all[0].Save(t.Context(), former, store.Outcome{Entries: entries}); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the former saves: %v", err)
	}
	if err := all[0].Renew(t.Context(), former, time.Now().Add(time.Hour)); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the former renews: %v", err)
	}
	if err := all[1].Save(t.Context(), present, store.Outcome{Entries: entries}); err != nil {
		t.Errorf("the present saves: %v", err)
	}
	if story, err := all[2].Timeline(t.Context(), "D1"); err != nil || len(story) != 3 {
		t.Errorf("the story is %+v, %v", story, err)
	}
}

func TestOneReplicaHoldsALease(t *testing.T) {
	all := replicas(t)
	var mu sync.Mutex
	holders := map[int]bool{}
	atOnce(all, 10, func(s *store.Store, number int) error {
		held, err := s.Hold(t.Context(), "sweep", fmt.Sprint(number), time.Now().Add(time.Hour))
		if held {
			mu.Lock()
			defer mu.Unlock()
			holders[number] = true
		}
		return err
	})
	if len(holders) != 1 {
		t.Errorf("%d hold it", len(holders))
	}
}

func TestAReaderMissesNoEventThoughSeveralReplicasWrite(t *testing.T) {
	all := replicas(t)
	add(t, all[0], order("D1"))
	const each = 40
	read := make(chan []int64)
	go func() {
		var numbers []int64
		for last := int64(2); len(numbers) < len(all)*each; { // after those of the order
			events, err := all[2].EventsAfter(t.Context(), last, 1000)
			if err != nil {
				t.Error(err)
				break
			}
			for _, e := range events {
				last = e.Number
				numbers = append(numbers, e.Number)
			}
		}
		read <- numbers
	}()
	atOnce(all, each, func(s *store.Store, number int) error {
		return s.Note(t.Context(), "D1", fmt.Sprint("note ", number))
	})
	numbers := <-read
	for i, number := range numbers {
		if number != int64(i)+3 {
			t.Fatalf("after %d comes %d", i+2, number)
		}
	}
}

func TestTheAuditLogOfSeveralReplicasIsOneChain(t *testing.T) {
	all := replicas(t)
	expect(t, atOnce(all, 20, func(s *store.Store, number int) error {
		return s.AddDeeds(t.Context(), deed(number))
	}), map[error]int{nil: 60})
	found := lines(t, all[0], store.Deeds{})
	chain := ""
	for i, line := range found {
		if chain = line.Deed.Chain(chain); line.Number != int64(i+1) || line.Chain != chain {
			t.Fatalf("line %d is number %d, and its chain is broken: %v", i+1, line.Number, line.Chain != chain)
		}
	}
	if len(found) != 60 {
		t.Errorf("%d lines", len(found))
	}
}

func TestACodeIsGoodAtOneReplicaOnce(t *testing.T) {
	all := replicas(t)
	now := time.Now()
	for _, kind := range []store.CodeKind{store.SignInCode, store.LaunchCode} {
		code := store.Code{Hash: string(kind), Kind: kind, Account: "ada", ExpiresAt: now.Add(time.Minute)}
		if err := all[0].AddCode(t.Context(), code); err != nil {
			t.Fatal(err)
		}
		expect(t, atOnce(all, 5, func(s *store.Store, number int) error {
			session := store.Session{ID: fmt.Sprint(kind, number), SecretHash: "hash", CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}
			_, err := s.UseCode(t.Context(), store.Code{Hash: code.Hash, Kind: kind}, session, now)
			return err
		}), map[error]int{nil: 1, store.ErrNotFound: 14})
	}
	if sessions, err := all[1].Sessions(t.Context(), "ada"); err != nil || len(sessions) != 2 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
}

func TestADesktopIsSharedExtendedAndRetriedOnceThoughReplicasAreAskedAtOnce(t *testing.T) {
	all := replicas(t)
	add(t, all[0], order("D1"))
	expect(t, atOnce(all, 5, func(s *store.Store, number int) error {
		_, err := s.AddGrant(t.Context(), dictumal.Grant{
			ID: fmt.Sprint(number), Deployment: "D1", Email: fmt.Sprintf("guest-%d@example.org", number), Control: dictumal.ControlViewOnly, By: "ada", CreatedAt: time.Now(),
		}, 4, "Shared.")
		return err
	}), map[error]int{nil: 4, store.ErrManyGrants: 11})

	row, err := all[0].Deployment(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	moves := 0
	expect(t, atOnce(all, 5, func(s *store.Store, _ int) error {
		moved, err := s.Extend(t.Context(), store.Extension{Owner: "ada", ID: "D1", From: row.ExpiresAt, Until: time.Now().Add(time.Hour), Why: "Extended."})
		if moved {
			mu.Lock()
			defer mu.Unlock()
			moves++
		}
		return err
	}), map[error]int{nil: 15})
	if moves != 1 {
		t.Errorf("extended %d times", moves)
	}

	failed := claim(t, all[0], time.Hour)
	failed.Status = dictumal.Errored
	if err := all[0].Save(t.Context(), failed, store.Outcome{}); err != nil {
		t.Fatal(err)
	}
	expect(t, atOnce(all, 5, func(s *store.Store, number int) error {
		_, _, err := s.Retry(t.Context(), "D1", order(fmt.Sprintf("R%02d", number)))
		return err
	}), map[error]int{nil: 1, store.ErrNotFailed: 14})
}

func TestEventsOfOneTransactionFollowEachOther(t *testing.T) {
	all := replicas(t)
	expect(t, atOnce(all, 10, func(s *store.Store, number int) error {
		_, _, err := s.AddDeployment(t.Context(), order(fmt.Sprintf("D%02d", number)))
		return err
	}), map[error]int{nil: 30})
	events, err := all[0].EventsAfter(t.Context(), 0, 1000)
	if err != nil || len(events) != 60 {
		t.Fatal(len(events), err)
	}
	for pair := range slices.Chunk(events, 2) {
		if pair[0].Deployment != pair[1].Deployment || pair[1].Number != pair[0].Number+1 {
			t.Errorf("%d of %s is followed by %d of %s", pair[0].Number, pair[0].Deployment, pair[1].Number, pair[1].Deployment)
		}
	}
}

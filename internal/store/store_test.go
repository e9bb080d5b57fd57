package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

func open(t *testing.T) *store.Store {
	t.Helper()
	return openAt(t, storetest.Place(t))
}

// openAt opens a database in a file, new or not, in which there is the user ada.
func openAt(t *testing.T, file string) *store.Store {
	t.Helper()
	s := storetest.OpenAt(t, file)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.AddUser(t.Context(), dictumal.User{ID: "ada", Email: "ada@example.org", CreatedAt: time.Now()}, "local", "ada"); err != nil && !errors.Is(err, store.ErrDuplicate) {
		t.Fatal(err)
	}
	return s
}

func order(id string) store.Order {
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id, Owner: "ada", CreatedAt: time.Now(), Provider: "memory", Stream: dictumal.Native,
	}}
	return store.Order{Row: row, PerUser: 100, Total: 100}
}

func add(t *testing.T, s *store.Store, o store.Order) store.Row {
	t.Helper()
	row, created, err := s.AddDeployment(t.Context(), o)
	if err != nil || !created {
		t.Fatalf("added = %v, %v", created, err)
	}
	return row
}

func claim(t *testing.T, s *store.Store, lease time.Duration) store.Row {
	t.Helper()
	row, ok, err := s.Claim(t.Context(), "worker", lease)
	if err != nil || !ok {
		t.Fatalf("claimed = %v, %v", ok, err)
	}
	return row
}

func TestARowIsClaimedByOneWorkerOnly(t *testing.T) {
	s := open(t)
	for i := range 100 {
		add(t, s, order(fmt.Sprintf("D%03d", i)))
	}
	var mu sync.Mutex
	seen := make(map[string]int)
	var workers sync.WaitGroup
	for range 8 {
		workers.Go(func() {
			for {
				row, ok, err := s.Claim(t.Context(), "worker", time.Hour)
				if err != nil || !ok {
					if err != nil {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				seen[row.ID]++
				mu.Unlock()
			}
		})
	}
	workers.Wait()
	if len(seen) != 100 {
		t.Errorf("claimed %d of 100 rows", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", id, n)
		}
	}
}

func TestAWorkerWhoseClaimHasPassedOnWritesNothing(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	late := claim(t, s, -time.Second) // a lease that is over as soon as it is given
	if err := s.Save(t.Context(), claimAfterLease(t, s, late), store.Outcome{Wake: time.Now()}); err != nil {
		t.Fatal(err)
	}
	late.MachineID = "from a worker that is fenced off"
	if err := s.Save(t.Context(), late, store.Outcome{}); !errors.Is(err, store.ErrFenced) {
		t.Errorf("saving with an old claim = %v, want ErrFenced", err)
	}
	if err := s.Renew(t.Context(), late, time.Now()); !errors.Is(err, store.ErrFenced) {
		t.Errorf("renewing an old claim = %v, want ErrFenced", err)
	}
	if row, _ := s.Deployment(t.Context(), "D1"); row.MachineID != "" {
		t.Errorf("machine id = %q, want nothing written", row.MachineID)
	}
}

func claimAfterLease(t *testing.T, s *store.Store, before store.Row) store.Row {
	t.Helper()
	row := claim(t, s, time.Hour)
	if row.ID != before.ID {
		t.Fatalf("claimed %s, want %s", row.ID, before.ID)
	}
	return row
}

func TestTheClaimsOfAProgramThatHasEndedAreTakenBack(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	late := claim(t, s, time.Hour)
	if err := s.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	claim(t, s, time.Hour)
	if err := s.Save(t.Context(), late, store.Outcome{}); !errors.Is(err, store.ErrFenced) {
		t.Errorf("saving with a claim that was taken back = %v, want ErrFenced", err)
	}
}

func TestTheLeasesOfAProgramThatHasEndedAreTakenBack(t *testing.T) {
	s := open(t)
	hold := func(owner string) bool {
		held, err := s.Hold(t.Context(), "sweep", owner, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return held
	}
	if !hold("the one before") || hold("the next") {
		t.Fatal("a lease is held by one at a time")
	}
	if err := s.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !hold("the next") {
		t.Error("the lease of a program that has ended still holds")
	}
}

func TestWhatWasLearnedIsWrittenThoughPeopleAskedForSomethingElse(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	row := claim(t, s, time.Hour)
	if _, err := s.MarkDestroying(t.Context(), "ada", "D1", "Destroyed by its owner."); err != nil {
		t.Fatal(err)
	}
	row.Status, row.MachineID = dictumal.Configuring, "m-1"
	status := store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Configuring}}
	note := store.Entry{Event: dictumal.Event{Kind: dictumal.EventNote, Text: "Machine created."}}
	if err := s.Save(t.Context(), row, store.Outcome{Entries: []store.Entry{status, note}, Wake: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	got := claim(t, s, time.Hour) // due at once, not in an hour
	if got.Status != dictumal.Destroying || got.MachineID != "m-1" {
		t.Errorf("status, machine = %s, %q; want DESTROYING, m-1", got.Status, got.MachineID)
	}
	timeline, err := s.Timeline(t.Context(), "D1")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range timeline {
		if e.Status == dictumal.Configuring {
			t.Error("a status that was never taken is in the timeline")
		}
	}
	if last := timeline[len(timeline)-1]; last.Text != "Machine created." {
		t.Errorf("last event = %q, want the note", last.Text)
	}
}

func TestAWakeUpWhileTheWorkerIsBusyIsKept(t *testing.T) {
	s := open(t)
	add(t, s, order("D1"))
	row := claim(t, s, time.Hour)
	row.MachineName = "dictumal-x-1"
	if err := s.Save(t.Context(), row, store.Outcome{Keep: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.Wake(t.Context(), "dictumal-x-1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	claim(t, s, time.Hour)
}

func TestOneKeyMakesOneDeploymentHoweverParallelItIsSent(t *testing.T) {
	s := open(t)
	var mu sync.Mutex
	made := 0
	var clients sync.WaitGroup
	for i := range 20 {
		clients.Go(func() {
			o := order(fmt.Sprintf("D%02d", i))
			o.Key, o.Body = "key", "body"
			_, created, err := s.AddDeployment(t.Context(), o)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if created {
				made++
			}
		})
	}
	clients.Wait()
	if made != 1 {
		t.Errorf("made %d deployments, want 1", made)
	}
	o := order("D99")
	o.Key, o.Body = "key", "another body"
	if _, _, err := s.AddDeployment(t.Context(), o); !errors.Is(err, store.ErrKeyReused) {
		t.Errorf("another body with the key = %v, want ErrKeyReused", err)
	}
}

func TestNobodyElseReadsTheDatabase(t *testing.T) {
	folder := t.TempDir() // which others may enter
	s, err := store.Open(t.Context(), filepath.Join(folder, "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files = %v, %v; want the database and its log", files, err)
	}
	for _, file := range files {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v; want none for others", file, info.Mode(), err)
		}
	}
}

func TestCapsCountWhatMayHoldAMachine(t *testing.T) {
	s := open(t)
	for _, id := range []string{"D1", "D2"} {
		add(t, s, order(id))
	}
	o := order("D3")
	o.PerUser = 2
	var limit *store.CapError
	if _, _, err := s.AddDeployment(t.Context(), o); !errors.As(err, &limit) || !limit.Own {
		t.Errorf("third of two = %v, want the owner's cap", err)
	}
	if _, err := s.Sight(t.Context(), []dictumal.Machine{{Name: "stray"}}); err != nil {
		t.Fatal(err)
	}
	o.PerUser, o.Total = 9, 3
	if _, _, err := s.AddDeployment(t.Context(), o); !errors.As(err, &limit) || limit.Own {
		t.Errorf("with a stray machine listed = %v, want the installation's cap", err)
	}
}

func TestEventsAreNumberedInTheOrderOfCommits(t *testing.T) {
	s := open(t)
	woken, cancel := s.Subscribe()
	defer cancel()
	add(t, s, order("D1"))
	<-woken
	events, err := s.Events(t.Context(), "D1", 0, 10)
	if err != nil || len(events) != 2 {
		t.Fatalf("events = %v, %v; want two", events, err)
	}
	rest, err := s.EventsOf(t.Context(), "ada", events[0].Number, 10)
	if err != nil || len(rest) != 1 || rest[0].Number != events[1].Number {
		t.Errorf("events after the first = %v, %v", rest, err)
	}
}

func TestAVersionThatAnotherWriterReplacedIsNotOverwritten(t *testing.T) {
	s := open(t)
	c := dictumal.Constitution{ID: "C1", Owner: "ada", Version: 1, Hash: "h1", Title: "One", CreatedAt: time.Now()}
	if err := s.AddConstitution(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	c.Hash = "h2"
	if version, err := s.AddVersion(t.Context(), c, "h1"); err != nil || version != 2 {
		t.Fatalf("version = %d, %v", version, err)
	}
	if _, err := s.AddVersion(t.Context(), c, "h1"); !errors.Is(err, store.ErrStale) {
		t.Errorf("writing over version 2 as if it were 1 = %v, want ErrStale", err)
	}
	if first, err := s.Constitution(t.Context(), "C1", 1); err != nil || first.Hash != "h1" {
		t.Errorf("version 1 = %v, %v; want it unchanged", first, err)
	}
}

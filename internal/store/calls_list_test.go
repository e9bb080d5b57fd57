package store_test

import (
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

func TestAListIsForTheOthersWhileItIsYoungEnough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		l := lists{t, s}
		first := l.begins(0, time.Minute, 10*time.Second)
		l.waits(0, time.Minute, 10*time.Second)
		time.Sleep(2 * time.Second)
		l.keep(first, "one")
		l.gets(0, 2*time.Second, "one", first, 2*time.Second)

		second := l.begins(first, time.Minute, 10*time.Second) // who has it wants a later one
		l.gets(0, time.Minute, "one", first, 2*time.Second)
		time.Sleep(time.Second)
		l.begins(0, 500*time.Millisecond, 10*time.Second) // the second was begun before the change
		l.keep(second, "two")
		l.gets(first, time.Minute, "two", second, time.Second)
		l.keep(first, "one") // which comes late
		l.gets(first, time.Minute, "two", second, time.Second)
	})
}

func TestNobodyWaitsForEverForAListThatAnotherHasBegun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := lists{t, storetest.Open(t)}
		failed := l.begins(0, time.Minute, 10*time.Second)
		l.keep(failed, "")
		killed := l.begins(0, time.Minute, 10*time.Second)
		time.Sleep(10*time.Second - time.Microsecond)
		l.waits(0, time.Minute, 10*time.Second)
		time.Sleep(2 * time.Microsecond)
		anew := l.begins(0, time.Minute, 10*time.Second)
		l.keep(killed, "") // it gives up what is not its own any more
		l.waits(0, time.Minute, 10*time.Second)
		l.keep(anew, "list")
		l.gets(0, time.Minute, "list", anew, 0)
	})
}

func TestAListOfAnotherTokenIsNobodysAndGoesInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		l := lists{t, s}
		l.keep(l.begins(0, time.Minute, time.Second), "list")
		time.Sleep(2 * time.Hour)
		begun, _, content, err := s.AskList(t.Context(), "other", 0, 24*time.Hour, time.Second)
		if err != nil || begun == 0 || content != "" {
			t.Fatalf("begun %d, content %q (%v), want it to be read", begun, content, err)
		}
		if err := s.KeepList(t.Context(), "other", begun, "list of another"); err != nil {
			t.Fatal(err)
		}
		l.begins(0, 24*time.Hour, time.Second)
	})
}

func TestAListOfBeforeTheClockWasSetBackIsNobodysAndGivesWay(t *testing.T) {
	everywhere(t, func(t *testing.T, place string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			s := storetest.OpenAt(t, place)
			defer s.Close() //nolint:errcheck // the test is over
			l := lists{t, s}
			time.Sleep(time.Second)
			l.keep(l.begins(0, time.Minute, 10*time.Second), "of before")
			setBack(t, place)
			begun := l.begins(0, time.Minute, 10*time.Second)
			time.Sleep(time.Second)
			l.waits(1, 30*time.Second, 20*time.Second)
			l.keep(begun, "new")
			l.gets(0, time.Minute, "new", begun, time.Second)
			l.begins(begun, time.Minute, 10*time.Second)
			setBack(t, place)
			l.begins(0, time.Minute, 10*time.Second) // instead of waiting for who has begun another
		})
	})
}

func TestOfManyReplicasAtOnceOneReadsTheList(t *testing.T) {
	for name, place := range map[string]string{
		"PostgreSQL": postgrestest.Database(t), "SQLite": filepath.Join(t.TempDir(), "dictumal.db"),
	} {
		t.Run(name, func(t *testing.T) {
			var readers atomic.Int64
			var asking sync.WaitGroup
			stores := []*store.Store{storetest.OpenAt(t, place)}
			if name == "PostgreSQL" {
				stores = append(stores, storetest.OpenAt(t, place), storetest.OpenAt(t, place))
			}
			for _, s := range stores {
				defer s.Close() //nolint:errcheck // the test is over
				for range 8 {
					asking.Go(func() {
						begun, _, content, err := s.AskList(t.Context(), "source", 0, time.Minute, time.Minute)
						if err != nil || content != "" {
							t.Errorf("content %q (%v)", content, err)
						}
						if begun != 0 {
							readers.Add(1)
						}
					})
				}
			}
			asking.Wait()
			if got := readers.Load(); got != 1 {
				t.Errorf("%d read the list, want 1", got)
			}
		})
	}
}

// Private

// lists asks for lists of one source.
type lists struct {
	*testing.T
	store *store.Store
}

func (l lists) begins(later int64, age, patience time.Duration) int64 {
	l.Helper()
	begun, _, content, err := l.store.AskList(l.Context(), "source", later, age, patience)
	if err != nil || begun == 0 || content != "" {
		l.Fatalf("begun %d, content %q (%v), want it to be read", begun, content, err)
	}
	return begun
}

func (l lists) waits(later int64, age, patience time.Duration) {
	l.Helper()
	begun, _, content, err := l.store.AskList(l.Context(), "source", later, age, patience)
	if err != nil || begun != 0 || content != "" {
		l.Fatalf("begun %d, content %q (%v), want it to be waited for", begun, content, err)
	}
}

func (l lists) gets(later int64, age time.Duration, want string, since int64, old time.Duration) {
	l.Helper()
	begun, got, content, err := l.store.AskList(l.Context(), "source", later, age, time.Minute)
	if err != nil || begun != since || content != want || got != old {
		l.Fatalf("%q, begun %d, %v ago (%v), want %q, begun %d, %v ago", content, begun, got, err, want, since, old)
	}
}

func (l lists) keep(begun int64, content string) {
	l.Helper()
	if err := l.store.KeepList(l.Context(), "source", begun, content); err != nil {
		l.Fatal(err)
	}
}

package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

func TestACallGoesWhenTheMinuteAndTheHourHaveRoomForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		for _, step := range []struct {
			name         string
			after        time.Duration
			minute, hour int
			want         time.Duration
		}{
			{"the first", 0, 2, 4, 0},
			{"the second", 10 * time.Second, 2, 4, 0},
			{"a third waits for the first to be a minute old", 10 * time.Second, 2, 4, 40 * time.Second},
			{"who may use more does not wait", 0, 3, 4, 0},
			{"which counts for the others", 40 * time.Second, 2, 4, 10 * time.Second},
			{"that wait is exact", 10*time.Second - time.Microsecond, 2, 4, time.Microsecond},
			{"and over then", time.Microsecond, 2, 4, 0},
			{"the hour counts, too", 2 * time.Minute, 2, 4, time.Hour - 70*time.Second - 2*time.Minute},
			{"until it is over", time.Hour - 70*time.Second - 2*time.Minute, 2, 4, 0},
			{"for one", 0, 2, 4, 10 * time.Second},
			{"and after a day for all", 24 * time.Hour, 2, 4, 0},
		} {
			time.Sleep(step.after)
			wait, pause, err := s.TakeCall(t.Context(), step.minute, step.hour)
			if err != nil || wait != step.want || pause != 0 {
				t.Errorf("%s: wait %v, pause %v (%v), want %v", step.name, wait, pause, err, step.want)
			}
		}
	})
}

func TestAPauseIsNeverMadeShorter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := storetest.Open(t)
		for _, step := range []struct{ pause, after, want time.Duration }{
			{time.Minute, 10 * time.Second, 50 * time.Second},
			{20 * time.Second, 0, 50 * time.Second},
			{2 * time.Minute, 0, 2 * time.Minute},
			{time.Second, 2 * time.Minute, 0},
		} {
			if err := s.PauseCalls(t.Context(), step.pause); err != nil {
				t.Fatal(err)
			}
			time.Sleep(step.after)
			wait, pause, err := s.TakeCall(t.Context(), 1, 1)
			if err != nil || pause != step.want || wait != 0 {
				t.Errorf("after a pause of %v: wait %v, pause %v (%v), want %v", step.pause, wait, pause, err, step.want)
			}
		}
	})
}

func TestCallsAndPausesOutliveTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		place := storetest.Place(t)
		s := storetest.OpenAt(t, place)
		_, _, err := s.TakeCall(t.Context(), 1, 2)
		if err != nil || s.PauseCalls(t.Context(), time.Second) != nil || s.Close() != nil {
			t.Fatalf("a call or a pause was not kept (%v)", err)
		}
		s = storetest.OpenAt(t, place)
		defer s.Close() //nolint:errcheck // the test is over
		if wait, pause, err := s.TakeCall(t.Context(), 1, 2); wait != time.Minute || pause != time.Second || err != nil {
			t.Errorf("wait %v, pause %v (%v), want a minute and a second", wait, pause, err)
		}
	})
}

// The windows end in virtual time; who is first is decided by the server.
func TestManyReplicasAtOnceTakeNoMoreCallsThanMayBeInAnySpan(t *testing.T) {
	const minute, hour = 10, 60
	for name, place := range map[string]string{
		"PostgreSQL": postgrestest.Database(t), "SQLite": filepath.Join(t.TempDir(), "dictumal.db"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var taken ticker
				var callers sync.WaitGroup
				end := time.Now().Add(2 * time.Hour)
				replicas := 3
				if name == "SQLite" {
					replicas = 1 // which is all that may work on a file
				}
				for range replicas {
					s := storetest.OpenAt(t, place)
					defer s.Close() //nolint:errcheck // the test is over
					for range 4 {
						callers.Go(func() { taken.callUntil(t, s, end, minute, hour) })
					}
				}
				callers.Wait()
				if most := taken.most(time.Minute); most != minute {
					t.Errorf("%d calls in a minute, want %d", most, minute)
				}
				if most := taken.most(time.Hour); most != hour {
					t.Errorf("%d calls in an hour, want %d", most, hour)
				}
			})
		})
	}
}

func TestCallsAreCountedByTheDatabasesClock(t *testing.T) {
	place := postgrestest.Database(t)
	s := storetest.OpenAt(t, place)
	defer s.Close() //nolint:errcheck // the test is over
	if _, _, err := s.TakeCall(t.Context(), 1, 2); err != nil {
		t.Fatal(err)
	}
	server, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // the test is over
	const later = `ALTER FUNCTION database_time(BIGINT) RENAME TO earlier; CREATE FUNCTION database_time(BIGINT) RETURNS BIGINT
		LANGUAGE sql STABLE AS 'SELECT earlier($1) + 40000000'`
	if _, err := server.Exec(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if wait, _, err := s.TakeCall(t.Context(), 1, 2); wait <= 0 || wait > 20*time.Second || err != nil {
		t.Errorf("wait %v (%v), want what is left of a minute by the database's clock", wait, err)
	}
}

func TestAClockThatIsSetBackHoldsNoCallUpForLongerThanItsSpan(t *testing.T) {
	everywhere(t, func(t *testing.T, place string) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			s := storetest.OpenAt(t, place)
			defer s.Close() //nolint:errcheck // the test is over
			take := func(what string, wantWait, wantPause time.Duration) {
				t.Helper()
				if wait, pause, err := s.TakeCall(t.Context(), 1, 2); wait != wantWait || pause != wantPause || err != nil {
					t.Errorf("%s: wait %v, pause %v (%v), want %v and %v", what, wait, pause, err, wantWait, wantPause)
				}
			}
			take("the first", 0, 0)
			setBack(t, place)
			take("what was counted counts as sent now", time.Minute, 0)
			time.Sleep(time.Minute)
			take("and no longer than the span", 0, 0)
			setBack(t, place)
			time.Sleep(time.Hour)
			take("though nobody has asked meanwhile", time.Hour, 0)
			time.Sleep(time.Hour)
			if err := s.PauseCalls(t.Context(), 30*time.Minute); err != nil {
				t.Fatal(err)
			}
			setBack(t, place)
			take("nor a pause than the longest", time.Hour, time.Hour)
			time.Sleep(time.Hour)
			take("and over then", 0, 0)
			time.Sleep(time.Hour)
			err := s.PauseCalls(t.Context(), time.Hour)
			setBack(t, place)
			if err := errors.Join(err, s.PauseCalls(t.Context(), time.Minute)); err != nil {
				t.Fatal(err)
			}
			take("whoever is told anew how long it is knows better", time.Minute, time.Minute)
		})
	})
}

// Private

// setBack is what the provider's books look like after the clock was set back by a day.
func setBack(t *testing.T, place string) {
	t.Helper()
	micros := (24 * time.Hour).Microseconds()
	migratedBy(t, place, fmt.Sprintf(`UPDATE provider_call SET at = at + %d; UPDATE provider_pause SET ends_at = ends_at + %d;
		UPDATE provider_list SET begun_at = begun_at + %d, reading_at = reading_at + %d`, micros, micros, micros, micros))
}

// ticker notes when calls were taken.
type ticker struct {
	mu sync.Mutex
	at []time.Time
}

func (c *ticker) callUntil(t *testing.T, s *store.Store, end time.Time, minute, hour int) {
	t.Helper()
	for time.Now().Before(end) {
		wait, _, err := s.TakeCall(t.Context(), minute, hour)
		if err != nil {
			t.Error(err)
			return
		}
		if wait > 0 {
			time.Sleep(wait)
			continue
		}
		c.mu.Lock()
		c.at = append(c.at, time.Now())
		c.mu.Unlock()
	}
}

func (c *ticker) most(span time.Duration) (most int) {
	first := 0
	for last, at := range c.at {
		for at.Sub(c.at[first]) >= span {
			first++
		}
		most = max(most, last+1-first)
	}
	return most
}

package reconcile_test

import (
	"bytes"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
)

func TestTheObserverIsToldOfALife(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: 10 * time.Second}, func(w *world) {
		seen := w.observe()
		id := w.deploy()
		time.Sleep(time.Minute) // nobody works yet
		defer w.run()()
		w.reaches(id, dictumal.Active, time.Minute)
		w.destroy(id)
		w.reaches(id, dictumal.Destroyed, time.Minute)
		synctest.Wait() // what was saved is told right after
		seen.Lock()
		defer seen.Unlock()
		want := []string{"PROVISIONING to CONFIGURING", "CONFIGURING to ACTIVE", "DESTROYING to DESTROYED"}
		if diff := cmp.Diff(want, seen.moves); diff != "" {
			t.Errorf("moves (-want +got):\n%s", diff)
		}
		if len(seen.removed) != 1 || !strings.HasPrefix(seen.removed[0], id+" "+dictumal.MachineName(installation, "")) {
			t.Errorf("removed = %q, want the machine of %s, once", seen.removed, id)
		}
		if seen.ready < time.Minute || seen.ready > 2*time.Minute {
			t.Errorf("it was ready %s after the order, want a little more than a minute", seen.ready)
		}
		if seen.late != time.Minute {
			t.Errorf("the claim was at most %s late, want the minute in which nobody worked", seen.late)
		}
		for _, status := range []dictumal.Status{dictumal.Provisioning, dictumal.Configuring, dictumal.Destroying} {
			if !slices.Contains(seen.steps, status) {
				t.Errorf("no step was told of a row that was %s", status)
			}
		}
	})
}

func TestTheObserverIsToldWhatTheProviderRefuses(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		refusal := &dictumal.Refusal{Reason: dictumal.ReasonQuota, Message: "No.", RetryAfter: time.Second}
		w.provider.Fail(providertest.CallCreate, providertest.Fault{Err: refusal})
		seen := w.observe()
		defer w.run()()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		synctest.Wait() // what was saved is told right after
		seen.Lock()
		defer seen.Unlock()
		if !slices.ContainsFunc(seen.answers, func(err error) bool { return errors.Is(err, refusal) }) {
			t.Errorf("answers = %v, want the refusal", seen.answers)
		}
	})
}

func TestTheObserverIsToldOfSweeps(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		var log bytes.Buffer
		w.options.Log = slog.New(slog.NewTextHandler(&log, nil))
		seen := w.observe()
		stop := w.run()
		w.reaches(w.deploy(), dictumal.Active, time.Minute)
		stop() // the log is the sweeper's now
		older := w.provider.Add(dictumal.MachineName(installation, oldAttempt))
		w.provider.Add(dictumal.MachineName(installation, newAttempt))
		since := time.Now()
		stop = w.sweep()
		time.Sleep(5*time.Minute + time.Second)
		stop()
		want := []reconcile.Sweep{
			{Listed: 3, Unowned: 2, Reported: 1},
			{Listed: 3, Unowned: 2},
			{Listed: 3, Unowned: 2},
			{Listed: 3, Unowned: 2, Removed: 1},
			{Listed: 2, Unowned: 1},
			{Listed: 2, Unowned: 1},
		}
		if diff := cmp.Diff(want, seen.sweeps); diff != "" {
			t.Errorf("sweeps (-want +got):\n%s", diff)
		}
		if !slices.Equal(seen.removed, []string{older.Name}) {
			t.Errorf("removed = %q, want %s", seen.removed, older.Name)
		}
		removed := "removed.\" machine=" + older.Name + " id=" + older.ID + " seen_since=" + since.UTC().Format("2006-01-02T15:04:05")
		if !strings.Contains(log.String(), removed) {
			t.Errorf("the log lacks %q:\n%s", removed, log.String())
		}
	})
}

// Private

// told is everything that an observer was told.
type told struct {
	sync.Mutex
	late    time.Duration // at most
	ready   time.Duration // after the order
	steps   []dictumal.Status
	answers []error
	moves   []string
	removed []string
	sweeps  []reconcile.Sweep
}

// observe observes whatever runs from now on.
func (w *world) observe() *told {
	seen := &told{}
	w.options.Observer = seen
	return seen
}

func (s *told) Claimed(late time.Duration) {
	s.Lock()
	defer s.Unlock()
	s.late = max(s.late, late)
}

func (s *told) Stepped(status dictumal.Status, _ time.Duration, _ error) {
	s.Lock()
	defer s.Unlock()
	s.steps = append(s.steps, status)
}

func (s *told) Asked(err error) {
	s.Lock()
	defer s.Unlock()
	s.answers = append(s.answers, err)
}

func (s *told) Removed(deployment, machine string) {
	s.Lock()
	defer s.Unlock()
	s.removed = append(s.removed, strings.TrimSpace(deployment+" "+machine))
}

func (s *told) Moved(from dictumal.Status, now dictumal.Deployment) {
	s.Lock()
	defer s.Unlock()
	s.moves = append(s.moves, string(from)+" to "+string(now.Status))
	if now.Status == dictumal.Active {
		s.ready = now.ActiveAt.Sub(now.CreatedAt)
	}
}

func (s *told) Swept(sweep reconcile.Sweep, _ error) {
	s.Lock()
	defer s.Unlock()
	s.sweeps = append(s.sweeps, sweep)
}

package reconcile_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// lastMoment extends a deployment once, just before or just after the step that ends
// it is written down.
type lastMoment struct {
	reconcile.Store
	extend func(store.Row) bool
	after  bool
	asked  bool
	moved  bool
}

func (l *lastMoment) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	ends := row.Status == dictumal.Destroying && !l.asked
	if ends && !l.after {
		l.asked, l.moved = true, l.extend(row)
	}
	err := l.Store.Save(ctx, row, to)
	if ends && l.after {
		l.asked, l.moved = true, l.extend(row)
	}
	return err
}

func TestAnExtensionWinsOrLosesAgainstTheStepThatEndsTheMachine(t *testing.T) {
	for _, test := range []struct {
		name  string
		after bool
		lives time.Duration
	}{
		{"asked before the end is written down, it wins", false, 2 * time.Hour},
		{"asked after that, it changes nothing", true, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			inWorld(t, providertest.Behaviour{Boot: time.Second}, func(w *world) {
				late := &lastMoment{Store: w.store, after: test.after, extend: func(row store.Row) bool {
					return w.extend(row.ID, row.ExpiresAt, time.Hour)
				}}
				w.options.Store = late
				defer w.run()()
				id := w.deploy(granted(time.Hour, 0))
				row := w.reaches(id, dictumal.Destroyed, 3*time.Hour)
				if !late.asked || late.moved == test.after {
					w.Errorf("asked: %t, extended: %t", late.asked, late.moved)
				}
				if lived := row.DestroyedAt.Sub(row.CreatedAt); lived < test.lives || lived > test.lives+time.Minute {
					w.Errorf("it lived for %s, want %s", lived, test.lives)
				}
				if machines := w.machines(); machines != 0 {
					w.Errorf("%d machines are left", machines)
				}
				if told := strings.Count(w.story(id), "status DESTROYING"); told != 1 {
					w.Errorf("its end is told %d times:\n%s", told, w.story(id))
				}
			})
		})
	}
}

func TestAnExtendedMachineIsAnnouncedAgainBeforeItsNewEnd(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: time.Second}, func(w *world) {
		defer w.run()()
		id := w.deploy(granted(time.Hour, 0))
		time.Sleep(50 * time.Minute)
		if !w.extend(id, w.row(id).ExpiresAt, 30*time.Minute) {
			w.Fatal("it was not extended")
		}
		w.wake()
		w.reaches(id, dictumal.Destroyed, 2*time.Hour)
		story := w.story(id)
		if told := strings.Count(story, "ends in 15 minutes (lifetime.ttl)"); told != 2 {
			w.Errorf("15 minutes before its end people are told %d times:\n%s", told, story)
		}
		if !strings.Contains(story, "The lifetime, extended to 1 hour 30 minutes, is over (lifetime.ttl); the machine is being removed.") {
			w.Errorf("its end does not name the clause:\n%s", story)
		}
	})
}

// Private

func (w *world) extend(id string, from time.Time, by time.Duration) (moved bool) {
	w.Helper()
	moved, err := w.store.Extend(w.Context(), store.Extension{Owner: "ada", ID: id, From: from, Until: from.Add(by), Why: "Extended."})
	w.must(err)
	return moved
}

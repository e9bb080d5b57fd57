package store_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAnOrderThatWasKeptWithoutAnAnswerIsNoError(t *testing.T) {
	w := newWay(t)
	s := openAt(t, w.place)
	w.loses("COMMIT", postgrestest.Broken)
	if row, created, err := s.AddDeployment(t.Context(), order("D1")); err != nil || !created || row.ID != "D1" {
		t.Errorf("created = %v, %q, %v", created, row.ID, err)
	}
	again := order("D2")
	again.Key = "key"
	add(t, s, again)
	w.loses("COMMIT", postgrestest.Broken)
	if row, created, err := s.AddDeployment(t.Context(), again); err != nil || created || row.ID != "D2" {
		t.Errorf("with a key that was used: created = %v, %q, %v", created, row.ID, err)
	}
	if _, all, err := s.Live(t.Context(), "ada"); err != nil || all != 2 {
		t.Errorf("%d deployments, %v", all, err)
	}
}

// TestAnOrderThatWasNotKeptIsAnError has the server end the connection instead of
// committing.
func TestAnOrderThatWasNotKeptIsAnError(t *testing.T) {
	place := postgrestest.Database(t)
	s := openAt(t, place)
	execute(t, place, `CREATE FUNCTION leave() RETURNS TRIGGER LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER leaves AFTER INSERT ON deployment DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION leave()`)
	if _, created, err := s.AddDeployment(t.Context(), order("D1")); !errors.Is(err, store.ErrUnsure) || created {
		t.Errorf("created = %v, %v", created, err)
	}
	if _, err := s.Deployment(t.Context(), "D1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is there, or not for that: %v", err)
	}
}

// Private

// way is one to a database on which an answer can be lost.
type way struct {
	place string
	next  atomic.Pointer[loss]
}

type loss struct {
	tag  string // of the command whose answer it is
	fate postgrestest.Fate
}

func newWay(t *testing.T) *way {
	t.Helper()
	w := &way{}
	w.place = postgrestest.Relay(t, postgrestest.Database(t), func(message pgproto3.BackendMessage) postgrestest.Fate {
		done, is := message.(*pgproto3.CommandComplete)
		next := w.next.Load()
		if is && next != nil && string(done.CommandTag) == next.tag && w.next.CompareAndSwap(next, nil) {
			return next.fate
		}
		return postgrestest.Passed
	})
	return w
}

// loses has the next answer to a command not arrive.
func (w *way) loses(tag string, fate postgrestest.Fate) { w.next.Store(&loss{tag, fate}) }

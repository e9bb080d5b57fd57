package store

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/dictumal/dictumal/internal/postgrestest"
)

func TestNothingHangsThoughTheServerHasStopped(t *testing.T) {
	server := postgrestest.Start(t)
	s := opened(t, server.Database(t))
	s.read.answer, s.write.answer, s.write.whole = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	calls := map[string]func(context.Context) error{
		"a read":        func(ctx context.Context) error { _, err := s.LastEvent(ctx); return err },
		"a list":        func(ctx context.Context) error { _, err := s.Grants(ctx, "D1"); return err },
		"a write":       func(ctx context.Context) error { return s.Wake(ctx, "a-machine") },
		"a transaction": func(ctx context.Context) error { return s.RemoveSession(ctx, "S1") },
	}
	for name, call := range calls {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	server.Freeze(t)
	for name, call := range calls {
		if err := call(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s of a server that has stopped: %v", name, err)
		}
	}
	server.Thaw(t)
	s.read.answer, s.write.answer, s.write.whole = answerTime, answerTime, writeTime
	for name, call := range calls {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s, when the server goes on: %v", name, err)
		}
	}
}

func TestAMigrationTakesAsLongAsItNeeds(t *testing.T) {
	s := opened(t, postgrestest.Database(t))
	s.write.whole = 50 * time.Millisecond
	long := func(tx *transaction) error {
		_, err := tx.Tx.ExecContext(t.Context(), `SELECT pg_sleep(0.2)`)
		return err
	}
	if err := s.transact(t.Context(), long); err == nil {
		t.Error("a transaction took longer than it may")
	}
	if _, err := s.write.DB.ExecContext(t.Context(), `SET statement_timeout = '50ms'`); err != nil { // there is one connection
		t.Fatal(err)
	}
	if err := s.patiently(t.Context(), long); err != nil {
		t.Error(err)
	}
	var limit string
	if err := s.write.DB.QueryRowContext(t.Context(), `SHOW statement_timeout`).Scan(&limit); err != nil || limit != "50ms" {
		t.Errorf("a statement may take %q afterwards, %v", limit, err)
	}
}

// TestAServerThatFreezesBeforeItListensIsLeft loses the answer to LISTEN, and all after it.
func TestAServerThatFreezesBeforeItListensIsLeft(t *testing.T) {
	var frozen atomic.Bool
	s := opened(t, postgrestest.Relay(t, postgrestest.Database(t), func(message pgproto3.BackendMessage) postgrestest.Fate {
		if done, is := message.(*pgproto3.CommandComplete); is && string(done.CommandTag) == "LISTEN" {
			frozen.Store(true)
		}
		if frozen.Load() {
			return postgrestest.Lost
		}
		return postgrestest.Passed
	}))
	if _, err := s.listening(t.Context(), 100*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// TestAProcessThatStopsWhileItWritesHoldsUpNobody has it write for longer than the server
// lets it, which is 5 s where nobody has said otherwise.
func TestAProcessThatStopsWhileItWritesHoldsUpNobody(t *testing.T) {
	place := postgrestest.Database(t)
	other := opened(t, place)
	stopped := opened(t, place+"&idle_in_transaction_session_timeout=300ms")
	begun, goOn, over := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		over <- stopped.transact(t.Context(), func(tx *transaction) error {
			_, err := tx.ExecContext(t.Context(), `INSERT INTO setting (name, value) VALUES ('stopped', 'here')`)
			close(begun)
			<-goOn
			return err
		})
	}()
	<-begun
	if value, err := other.Setting(t.Context(), "other", "here"); err != nil || value != "here" {
		t.Errorf("a statement of the other: %q, %v", value, err)
	}
	if err := other.MoveSetting(t.Context(), "other", "another", "there"); err != nil {
		t.Errorf("a transaction of the other: %v", err)
	}
	close(goOn)
	if err := <-over; err == nil {
		t.Error("the one that had stopped believes that it has written")
	}
	if value, err := other.FindSetting(t.Context(), "stopped"); err != nil || value != "" {
		t.Errorf("it has written %q, %v", value, err)
	}
	if value, err := stopped.Setting(t.Context(), "stopped", "again"); err != nil || value != "again" {
		t.Errorf("it goes on with %q, %v", value, err)
	}
}

// Private

func opened(t *testing.T, place string) *Store {
	t.Helper()
	s, err := Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

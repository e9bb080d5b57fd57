package store_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestThePingTellsWhetherRowsCanBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	s := openAt(t, file)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the ping of a healthy database: %v", err)
	}
	let := lockOut(t, file)
	if err := s.Ping(t.Context()); err == nil {
		t.Error("the ping succeeds, though nobody can write")
	}
	let()
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the ping after the lock is gone: %v", err)
	}
	add(t, s, order("D1")) // no transaction was left open
}

func TestThePingOfAClosedDatabaseFails(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("the ping of a closed database succeeds")
	}
}

// TestThePingDoesNotWaitForAnotherReplica has one be stopped while it writes: all the
// others would leave their load balancer at once.
func TestThePingDoesNotWaitForAnotherReplica(t *testing.T) {
	place := postgrestest.Database(t)
	s := openAt(t, place)
	let := hold(t, place)
	writing := make(chan error)
	go func() { writing <- s.RemoveSession(t.Context(), "S1") }()
	const waiting = `SELECT COUNT(*)::TEXT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
		WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`
	for asked(t, place, waiting) != "1" {
		t.Log("nobody waits yet")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // which is what readiness has
	defer cancel()
	if err := s.Ping(ctx); err != nil {
		t.Errorf("the ping while another writes: %v", err)
	}
	let()
	if err := <-writing; err != nil {
		t.Error(err)
	}
}

func TestThePingOfAServerThatMayOnlyBeReadFails(t *testing.T) {
	server := postgrestest.Start(t)
	place := server.Database(t)
	s := openAt(t, place)
	server.Do(t, `ALTER SYSTEM SET default_transaction_read_only = on`)
	server.Do(t, `SELECT pg_reload_conf()`)
	for !strings.Contains(asked(t, place, `SHOW default_transaction_read_only`), "on") {
		t.Log("the server has not read its settings yet")
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("the ping of a server that takes no writes succeeds")
	}
}

// Private

// hold takes the lock of those who write to a server, as another replica does.
func hold(t *testing.T, place string) (let func()) {
	t.Helper()
	tx, err := onServer(t, place).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), `SELECT pg_advisory_xact_lock(hashtextextended('dictumal ' || current_schema(), 0))`); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

// lockOut takes the lock for writing, as another process would, and returns how to
// give it back.
func lockOut(t *testing.T, file string) (let func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

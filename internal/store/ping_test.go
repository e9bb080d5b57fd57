package store_test

import (
	"database/sql"
	"path/filepath"
	"testing"

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

// Private

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

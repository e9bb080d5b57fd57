// Package storetest opens databases for tests, of whichever kind the tests are run on:
// SQLite, or PostgreSQL where DICTUMAL_TEST_DATABASE says so.
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

// Variable says on what the tests are run: postgres, or SQLite where it is not set.
const Variable = "DICTUMAL_TEST_DATABASE"

// Place is a database that is not there yet, or empty.
func Place(tb testing.TB) string {
	tb.Helper()
	if os.Getenv(Variable) == "postgres" {
		return postgrestest.Database(tb)
	}
	return filepath.Join(tb.TempDir(), "dictumal.db")
}

// Open opens a new database, and closes it at the end of the test.
func Open(tb testing.TB) *store.Store {
	tb.Helper()
	s := OpenAt(tb, Place(tb))
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// OpenAt opens the database at a place, new or not. Whoever asks closes it.
func OpenAt(tb testing.TB, place string) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), place)
	if err != nil {
		tb.Fatal(err)
	}
	if store.IsPostgres(place) && virtual() {
		goByTest(tb, place)
	}
	return s
}

// Private

// virtual tells whether the test has a time of its own: in a bubble it begins in 2000.
func virtual() bool { return time.Now().Year() < 2020 }

// goByTest has a server measure leases by the time of the test.
func goByTest(tb testing.TB, place string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	connection, err := pgx.Connect(ctx, place)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = connection.Close(ctx) }()
	const clock = `CREATE OR REPLACE FUNCTION database_time(BIGINT) RETURNS BIGINT LANGUAGE sql STABLE AS 'SELECT $1'`
	if _, err := connection.Exec(ctx, clock); err != nil {
		tb.Fatal(err)
	}
}

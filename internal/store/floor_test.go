package store_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/store/storetest"
)

// What migrations of a later version may be: one that only adds, and one with which this
// version cannot work.
const (
	additive = `ALTER TABLE deployment ADD COLUMN later TEXT NOT NULL DEFAULT '';
		CREATE TABLE later (id TEXT PRIMARY KEY);
		INSERT INTO migration (name) VALUES ('migrations/9998_later.sql')`
	breaking = `INSERT INTO migration (name) VALUES ('migrations/9999_other.sql');
		UPDATE setting SET value = '9999_other' WHERE name = 'schema.floor'`
)

func TestWhatALaterVersionAddsIsOfNoHarm(t *testing.T) {
	everywhere(t, func(t *testing.T, place string) {
		t.Helper()
		before := openAt(t, place)
		migratedBy(t, place, additive)
		after := openAt(t, place) // the version before is put back
		for _, s := range []*store.Store{before, after} {
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if rows, err := s.ClaimDue(t.Context(), "worker", time.Hour, store.Unsettled, 1); err != nil || len(rows) != 0 {
				t.Errorf("claimed %d, %v", len(rows), err)
			}
		}
		add(t, before, order("D1"))
		if row := claim(t, after, time.Hour); row.ID != "D1" {
			t.Errorf("claimed %q", row.ID)
		}
	})
}

func TestAProgramDoesNotOpenWhatItCannotWorkWith(t *testing.T) {
	everywhere(t, func(t *testing.T, place string) {
		t.Helper()
		closed(t, storetest.OpenAt(t, place))
		migratedBy(t, place, breaking)
		if _, err := store.Open(t.Context(), place); !errors.Is(err, store.ErrNewer) {
			t.Errorf("opened with %v", err)
		}
	})
}

func TestAProgramThatRunsNoticesThatItMustNotGoOn(t *testing.T) {
	place := postgrestest.Database(t)
	s := openAt(t, place)
	add(t, s, order("D1"))
	migratedBy(t, place, breaking)
	for name, call := range map[string]func() error{
		"readiness": func() error { return s.Ping(t.Context()) },
		"a claim": func() error {
			_, err := s.ClaimDue(t.Context(), "worker", time.Hour, store.Unsettled, 1)
			return err
		},
		"a lease": func() error { _, err := s.Hold(t.Context(), "sweep", "worker", time.Now().Add(time.Hour)); return err },
		"an order": func() error {
			_, _, err := s.AddDeployment(t.Context(), order("D2"))
			return err
		},
		"a session": func() error {
			return s.AddSession(t.Context(), store.Session{ID: "S1", User: dictumal.User{ID: "ada"}})
		},
		"a code":           func() error { return s.AddCode(t.Context(), store.Code{Hash: "h", Account: "ada"}) },
		"a token":          func() error { return s.AddToken(t.Context(), store.Token{ID: "T1", User: dictumal.User{ID: "ada"}}) },
		"a user":           func() error { return s.AddUser(t.Context(), dictumal.User{ID: "eve"}, "local", "eve") },
		"what has expired": func() error { return s.RemoveExpired(t.Context(), time.Now()) },
		"a sign-in":        func() error { _, err := s.TakeLogin(t.Context(), "state"); return err },
		"a note":           func() error { return s.Note(t.Context(), "D1", "A sentence.") },
	} {
		if err := call(); !errors.Is(err, store.ErrNewer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if row, err := s.Deployment(t.Context(), "D1"); err != nil || row.ID != "D1" {
		t.Errorf("reading: %v", err)
	}
}

func TestWhoWaitedWhileTheFloorWasRaisedWritesNothing(t *testing.T) {
	place := postgrestest.Database(t)
	s := openAt(t, place)
	later := underWay(t, place, oneWriter+";"+breaking)
	wrote := make(chan error)
	go func() { wrote <- s.RemoveSession(t.Context(), "S1") }()
	for asked(t, place, waitingForTurn) == "0" {
		runtime.Gosched()
	}
	if err := later.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-wrote; !errors.Is(err, store.ErrNewer) {
		t.Errorf("the one that waited: %v", err)
	}
}

// TestAMigrationThatTakesAwayRaisesTheFloor is for those who write migrations: what the
// version before uses is dropped or renamed one version after nobody uses it any more,
// and names itself as the least that a program has to know.
func TestAMigrationThatTakesAwayRaisesTheFloor(t *testing.T) {
	files, err := filepath.Glob("migrations/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		takes := strings.Contains(string(text), "DROP ") || strings.Contains(string(text), "RENAME ") || strings.Contains(string(text), "ALTER COLUMN ")
		raises := strings.Contains(string(text), "'"+name+"' WHERE name = 'schema.floor'")
		if name > "0019" && takes && !raises {
			t.Errorf("%s takes away without UPDATE setting SET value = '%s' WHERE name = 'schema.floor'", file, name)
		}
	}
}

func TestSeveralWhoOpenAnEmptyDatabaseAtOnceMakeItOnce(t *testing.T) {
	place := postgrestest.Database(t)
	opened := make(chan *store.Store)
	for range 5 {
		go func() {
			s, err := store.Open(t.Context(), place)
			if err != nil {
				t.Error(err)
			}
			opened <- s
		}()
	}
	for range 5 {
		if s := <-opened; s != nil {
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			closed(t, s)
		}
	}
}

// Private

const (
	oneWriter      = `SELECT pg_advisory_xact_lock(hashtextextended('dictumal ' || current_schema(), 0))`
	waitingForTurn = `SELECT COUNT(*)::TEXT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
)

// underWay is a transaction that has done something and is not over.
func underWay(t *testing.T, place, text string) pgx.Tx {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(context.WithoutCancel(t.Context())) })
	tx, err := connection.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	return tx
}

// everywhere runs a test on both databases.
func everywhere(t *testing.T, test func(t *testing.T, place string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "dictumal.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgrestest.Database(t)) })
}

func closed(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// migratedBy runs what a later version would.
func migratedBy(t *testing.T, place, text string) {
	t.Helper()
	if store.IsPostgres(place) {
		execute(t, place, text)
		return
	}
	db, err := sql.Open("sqlite", "file:"+place)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Error(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

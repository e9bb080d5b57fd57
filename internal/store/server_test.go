package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestAServerThatCanKeepRowsIsSaidSo(t *testing.T) {
	found, err := store.Examine(t.Context(), postgrestest.Database(t))
	if err != nil || !strings.Contains(found.Version, ".") || found.Skew.Abs() > time.Second {
		t.Errorf("it is %+v, %v", found, err)
	}
	if found.Lasting || found.Doubled {
		t.Errorf("it is %+v, but a server of tests writes nothing to the disk, and has no standby", found)
	}
}

func TestAServerThatCannotKeepRowsIsNotTaken(t *testing.T) {
	for _, test := range []struct {
		name  string
		place func(t *testing.T, database string) string
		want  error
	}{
		{"nobody answers", func(t *testing.T, _ string) string {
			t.Helper()
			return "postgres:///rows?sslmode=disable&host=" + filepath.Join(t.TempDir(), "none")
		}, store.ErrUnreachable},
		{"nobody of that name may come in", func(_ *testing.T, database string) string {
			return with(database, "user", "nobody-of-that-name")
		}, store.ErrKeptOut},
		{"there is no such database", func(_ *testing.T, database string) string {
			return with(database, "dbname", "none-of-that-name")
		}, store.ErrNoDatabase},
		{"no connection is left", func(t *testing.T, database string) string {
			t.Helper()
			someone := role(t, database)
			execute(t, database, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', current_database()); END $$`)
			return with(database, "user", someone)
		}, store.ErrCrowded},
		{"the user may make no tables", func(t *testing.T, database string) string {
			t.Helper()
			execute(t, database, `REVOKE CREATE ON SCHEMA public FROM PUBLIC`)
			return with(database, "user", role(t, database))
		}, store.ErrNoRight},
		{"the server is too old", func(t *testing.T, database string) string {
			t.Helper()
			return shadowed(t, database, `current_setting(name TEXT) RETURNS TEXT LANGUAGE sql AS
				$$ SELECT CASE name WHEN 'server_version_num' THEN '130022' ELSE pg_catalog.current_setting(name) END $$`)
		}, store.ErrOldServer},
		{"nothing can be written", func(_ *testing.T, database string) string {
			return with(database, "default_transaction_read_only", "on")
		}, store.ErrReadOnly},
		{"texts are in any encoding", func(t *testing.T, database string) string {
			t.Helper()
			name := "ascii_" + strings.ToLower(rand.Text()[:12])
			execute(t, database, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'`)
			t.Cleanup(func() { execute(t, database, `DROP DATABASE `+name+` WITH (FORCE)`) })
			return with(database, "dbname", name)
		}, store.ErrEncoding},
		{"a pooler gives each transaction another connection", behindPooler, store.ErrPooled},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := store.Examine(t.Context(), test.place(t, postgrestest.Database(t)))
			if !errors.Is(err, test.want) {
				t.Errorf("it is taken, or not for that: %v", err)
			}
		})
	}
}

func TestAClockThatDiffersFromTheDatabasesIsMeasured(t *testing.T) {
	for _, ahead := range []time.Duration{-time.Hour, -3 * time.Second, 3 * time.Second, time.Hour} {
		place := shadowed(t, postgrestest.Database(t), `clock_timestamp() RETURNS TIMESTAMPTZ LANGUAGE sql AS
			$$ SELECT pg_catalog.clock_timestamp() + INTERVAL '`+ahead.String()+`' $$`)
		found, err := store.Examine(t.Context(), place)
		if err != nil || (found.Skew-ahead).Abs() > time.Second {
			t.Errorf("before anything is kept the clock is ahead by %s, %v; want %s", found.Skew, err, ahead)
		}
		s, err := store.Open(t.Context(), place)
		if err != nil {
			t.Fatal(err)
		}
		skew, err := s.Skew(t.Context())
		if err = errors.Join(err, s.Close()); err != nil || (skew-ahead).Abs() > time.Second {
			t.Errorf("the clock is ahead by %s, %v; want %s", skew, err, ahead)
		}
	}
}

func TestAFileHasTheClockOfItsProcess(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "rows.db"))
	if err != nil {
		t.Fatal(err)
	}
	skew, err := s.Skew(t.Context())
	if err = errors.Join(err, s.Close()); err != nil || skew != 0 {
		t.Errorf("the clock is ahead by %s, %v", skew, err)
	}
}

// Private

// with is a database's URL with another setting.
func with(place, name, value string) string {
	u, err := url.Parse(place)
	if err != nil {
		panic(err) // it is the test's own
	}
	if name == "dbname" {
		u.Path, name = "/"+value, ""
	}
	query := u.Query()
	if name != "" {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func execute(t *testing.T, place, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	connection, err := pgx.Connect(ctx, place)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(ctx) }()
	if _, err := connection.Exec(ctx, statement); err != nil {
		t.Fatal(err)
	}
}

// role makes somebody who may come in and do nothing more, for the length of a test.
func role(t *testing.T, place string) string {
	t.Helper()
	name := "role_" + strings.ToLower(rand.Text()[:12])
	execute(t, place, `CREATE ROLE `+name+` LOGIN`)
	t.Cleanup(func() { execute(t, place, `DROP ROLE `+name) })
	return name
}

// shadowed has a function of the test's stand before one of the server's.
func shadowed(t *testing.T, place, function string) string {
	t.Helper()
	execute(t, place, `CREATE SCHEMA shadow; CREATE FUNCTION shadow.`+function)
	return with(place, "search_path", "shadow,pg_catalog")
}

// behindPooler is a way to a database on which nobody hears what was told on another
// connection.
func behindPooler(t *testing.T, place string) string {
	t.Helper()
	return postgrestest.Relay(t, place, func(message pgproto3.BackendMessage) postgrestest.Fate {
		if _, heard := message.(*pgproto3.NotificationResponse); heard {
			return postgrestest.Lost
		}
		return postgrestest.Passed
	})
}

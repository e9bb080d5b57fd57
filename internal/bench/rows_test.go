//go:build bench

package bench

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
)

// change changes the database of a server, all or nothing.
func change(t *testing.T, data string, work func(run func(query string, args ...any))) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(filepath.Join(data, "dictumal.db"))+"?_txlock=immediate&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // what it holds is written
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback() //nolint:errcheck // of one that is written it is nothing
	work(func(query string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(context.WithoutCancel(t.Context()), query, args...); err != nil {
			t.Fatal(err)
		}
	})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// multiply writes deployments like the one with an id, each with the events of that
// one, and returns their ids, the newest last. They are of the same owner, or of one
// of their own where there is a name for it.
func multiply(t *testing.T, data, like, owner string, count int) []string {
	t.Helper()
	ids := make([]string, 0, count)
	begun := time.Now().Add(-time.Hour)
	change(t, data, func(run func(query string, args ...any)) {
		run(`CREATE TEMP TABLE one AS SELECT * FROM deployment WHERE id = $1`, like)
		run(`CREATE TEMP TABLE tale AS SELECT * FROM event WHERE deployment_id = $1`, like)
		if owner != "" {
			run(`INSERT INTO account (id, issuer, subject, email, name, admin, created_at) VALUES ($1, 'local', $1, $1, $1, FALSE, 0)`, owner)
			run(`UPDATE one SET owner_id = $1`, owner)
		}
		for i := range count {
			id := ulid.MustNew(ulid.Timestamp(begun.Add(time.Duration(i)*time.Millisecond)), ulid.DefaultEntropy()).String()
			run(`UPDATE one SET id = $1`, id)
			run(`INSERT INTO deployment SELECT * FROM one`)
			run(`UPDATE event_number SET value = value + (SELECT COUNT(*) FROM tale)`)
			run(`UPDATE tale SET deployment_id = $1, number = (SELECT value FROM event_number) - rowid + 1`, id)
			run(`INSERT INTO event SELECT * FROM tale ORDER BY number`)
			ids = append(ids, id)
		}
		run(`DROP TABLE temp.one`)
		run(`DROP TABLE temp.tale`)
	})
	return ids
}

//go:build bench

package bench

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

const dueRows = 10_000

// TestBenchSteps compares reconciling with bare transactions on the same file. A step
// is a claimed row that is saved with one event, as the bare transaction updates a row
// and writes an event: of rows that are being destroyed and have no machine, so that
// nobody but the database is asked.
func TestBenchSteps(t *testing.T) {
	template := t.TempDir()
	ids := dueDestroyed(t, template)
	ours := func() float64 { return steps(t, duplicate(t, template)) }
	theirs := func() float64 { return transactions(t, duplicate(t, template), ids) }
	alternateRates(t, "reconcile steps a second on SQLite; bare: transactions that update a row and insert an event, on the same file",
		ours, theirs, "at least 0.4")
}

// steps is how many of the due rows in a data folder a runner brings a second to
// where they should be.
func steps(t *testing.T, data string) float64 {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // what it holds is not needed any more
	counting := &countingStore{Store: s, done: make(chan struct{})}
	counting.left.Store(dueRows)
	runner := reconcile.New(reconcile.Options{
		Store: counting, Provider: providertest.NewMemory("bench000", providertest.Behaviour{}), Prober: nobody{},
		Installation: "bench000", Log: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	begun := time.Now()
	running.Go(func() {
		if err := runner.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	<-counting.done
	took := time.Since(begun)
	cancel()
	running.Wait()
	return dueRows / took.Seconds()
}

// countingStore tells when so many rows have been saved.
type countingStore struct {
	*store.Store
	left atomic.Int64
	done chan struct{}
}

func (c *countingStore) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	err := c.Store.Save(ctx, row, to)
	if err == nil && c.left.Add(-1) == 0 {
		close(c.done)
	}
	return err
}

// nobody has no machines to look into.
type nobody struct{ reconcile.Prober }

func (nobody) Forget(string) {}

// transactions is how many a second there can be, one after the other through the
// same driver, with statements that are read once.
func transactions(t *testing.T, data string, ids []string) float64 {
	t.Helper()
	db := bareDatabase(t, data)
	prepare := func(query string) *sql.Stmt {
		statement, err := db.PrepareContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		return statement
	}
	update := prepare(`UPDATE deployment SET reconcile_at = $1 WHERE id = $2`)
	insert := prepare(`INSERT INTO event (number, deployment_id, at, kind, status, stage, text, log_offset) VALUES ($1, $2, $3, 'status', 'DESTROYED', '', $4, 0)`)
	ctx, number := context.WithoutCancel(t.Context()), 1_000_000
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	begun := time.Now()
	for i, id := range ids {
		now := time.Now().UnixMicro()
		tx, err := db.BeginTx(ctx, nil)
		must(err)
		must(execute(ctx, tx, update, now, id))
		must(execute(ctx, tx, insert, number+i, id, now, "Destroyed; no machine was left to be removed."))
		must(tx.Commit())
	}
	return float64(len(ids)) / time.Since(begun).Seconds()
}

func execute(ctx context.Context, tx *sql.Tx, prepared *sql.Stmt, arguments ...any) error {
	statement := tx.StmtContext(ctx, prepared)
	defer statement.Close() //nolint:errcheck // it is only the transaction's view of the prepared one
	_, err := statement.ExecContext(ctx, arguments...)
	return err
}

// bareDatabase is a database that is set as ours is.
func bareDatabase(t *testing.T, data string) *sql.DB {
	t.Helper()
	pragmas := []string{"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)"}
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(filepath.Join(data, "dictumal.db"))+"?_txlock=immediate&_pragma="+strings.Join(pragmas, "&_pragma="))
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// dueDestroyed writes deployments that are to be destroyed and never had a machine.
func dueDestroyed(t *testing.T, data string) []string {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(data, "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	id := ordered(t, s)
	if _, err := s.MarkDestroying(t.Context(), "ada", id, "Destroyed by its owner."); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return append(multiply(t, data, id, "", dueRows-1), id)
}

// ordered writes a deployment with all that a real one has.
func ordered(t *testing.T, s *store.Store) (id string) {
	t.Helper()
	law, err := constitution.Parse(example(t, "welcome.md"))
	if err != nil {
		t.Fatal(err)
	}
	law.ID, law.Owner, law.Version, law.CreatedAt = "C1", "ada", 1, time.Now()
	keys, err := machine.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	row := store.Row{ClientPublic: keys.AuthorizedLine, Deployment: dictumal.Deployment{
		ID: "BENCH", Owner: "ada", Provider: "memory", Stream: dictumal.Native, Region: "local", Size: "s-2vcpu-4gb", CreatedAt: time.Now(),
		Policy: law.Policy, Constitution: dictumal.ConstitutionRef{ID: law.ID, Title: law.Title, Version: law.Version, Hash: law.Hash},
	}}
	sealer := secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength)))
	if row.ClientKey, err = sealer.Seal(keys.PrivatePEM, row.ClientKeyContext()); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		s.AddUser(t.Context(), dictumal.User{ID: "ada", CreatedAt: time.Now()}, "local", "ada"),
		s.AddConstitution(t.Context(), law),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := s.AddDeployment(t.Context(), store.Order{Row: row, PerUser: 1, Total: 1}); err != nil {
		t.Fatal(err)
	}
	return row.ID
}

// duplicate copies the database of a data folder that nobody uses into another.
func duplicate(t *testing.T, template string) (data string) {
	t.Helper()
	data = t.TempDir()
	from, err := os.Open(filepath.Join(template, "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close() //nolint:errcheck // it was read
	to, err := os.OpenFile(filepath.Join(data, "dictumal.db"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(fmt.Errorf("copy the database: %w", err))
	}
	return data
}

//go:build bench

package bench

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// TestBenchPostgresSteps compares reconciling by one replica with bare transactions on
// the same server, which keeps what is committed as servers do, and three replicas with
// one: for steps that only the database has to do with, and for those that wait for a
// machine.
func TestBenchPostgresSteps(t *testing.T) {
	p := newPostgres(t)
	ours := func() float64 { return p.steps(t, 1, 0, dueRows) }
	alternateRates(t, "reconcile steps a second on PostgreSQL, one replica; bare: transactions that update a row and insert an event, one after the other on the same server",
		ours, func() float64 { return p.transactions(t, 1, dueRows/10) }, "at least 0.4")
	alternateRates(t, "that; bare: such transactions on 8 connections at once", ours, func() float64 { return p.transactions(t, 8, dueRows/2) }, "")
	for _, wait := range []time.Duration{0, 20 * time.Millisecond, 100 * time.Millisecond, 500 * time.Millisecond} {
		rows, bar := dueRows, ""
		if wait > 0 {
			rows = min(dueRows, int(5*32*time.Second/wait)) // five seconds for one replica
		}
		if wait >= 100*time.Millisecond {
			bar = "at least 2"
		}
		alternateRates(t, fmt.Sprintf("reconcile steps a second, three replicas on PostgreSQL, of steps that wait %v for a machine; bare: one replica", wait),
			func() float64 { return p.steps(t, 3, wait, rows) }, func() float64 { return p.steps(t, 1, wait, rows) }, bar)
	}
}

// TestBenchNotice compares how long an event takes from its commit at one replica until a
// listener at another has read it, with a bare NOTIFY from one connection to another. The
// server does not wait for its disk, since a NOTIFY alone writes nothing to it.
func TestBenchNotice(t *testing.T) {
	p := newPostgres(t)
	p.writeThrough(t, "off")
	ours := p.notices(t)
	theirs := p.bareNotices(t)
	var all [2][]time.Duration
	for i := range 1100 {
		our, their := ours(), theirs()
		if i >= 100 {
			all[0], all[1] = append(all[0], our), append(all[1], their)
		}
	}
	fineRow(t, "an event from its commit at one replica to a listener at another, median; bare: a NOTIFY from one connection to another", median(all[0]), median(all[1]), "at most 3")
	slices.Sort(all[0])
	slices.Sort(all[1])
	fineRow(t, "that, 99th percentile", all[0][len(all[0])*99/100], all[1][len(all[1])*99/100], "")
}

// postgres is a database whose server writes through to the disk.
type postgres struct {
	place string
	bare  *sql.DB
	like  string
}

func newPostgres(t *testing.T) *postgres {
	t.Helper()
	p := &postgres{place: postgrestest.Database(t)}
	var err error
	if p.bare, err = sql.Open("pgx", p.place); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.bare.Close() })
	p.writeThrough(t, "on")
	s := p.open(t)
	p.like = ordered(t, s)
	if _, err := s.MarkDestroying(t.Context(), "ada", p.like, "Destroyed by its owner."); err != nil {
		t.Fatal(err)
	}
	p.run(t, `CREATE TABLE due AS SELECT (jsonb_populate_record(d, jsonb_build_object('id', 'DUE' || lpad(n::text, 8, '0')))).*
		FROM deployment d, generate_series(1, $1::int) n`, dueRows)
	return p
}

// writeThrough says whether the server waits until what is committed is on its disk.
func (p *postgres) writeThrough(t *testing.T, on string) {
	t.Helper()
	for _, setting := range []string{"fsync", "full_page_writes"} {
		p.run(t, "ALTER SYSTEM SET "+setting+" = "+on)
	}
	p.run(t, "SELECT pg_reload_conf()")
}

func (p *postgres) open(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), p.place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func (p *postgres) run(t *testing.T, query string, args ...any) {
	t.Helper()
	if _, err := p.bare.ExecContext(context.WithoutCancel(t.Context()), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// due has so many rows be due, and nothing else.
func (p *postgres) due(t *testing.T, rows int) {
	t.Helper()
	p.run(t, `TRUNCATE deployment CASCADE`)
	p.run(t, `INSERT INTO deployment SELECT * FROM due ORDER BY id LIMIT $1`, rows)
	p.run(t, `VACUUM ANALYZE deployment`)
	p.run(t, `CHECKPOINT`)
}

// steps is how many of the due rows so many replicas bring a second to where they
// should be, where each step waits for a machine.
func (p *postgres) steps(t *testing.T, replicas int, wait time.Duration, rows int) float64 {
	t.Helper()
	p.due(t, rows)
	left, done := &atomic.Int64{}, make(chan struct{})
	left.Store(int64(rows))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var running sync.WaitGroup
	begun := time.Now()
	for i := range replicas {
		s, err := store.Open(t.Context(), p.place)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close() //nolint:errcheck // what it holds is not needed any more
		runner := reconcile.New(reconcile.Options{
			Store: &waitingStore{Store: s, wait: wait, left: left, done: done}, Owner: fmt.Sprint("replica", i),
			Provider: providertest.NewMemory("bench000", providertest.Behaviour{}), Prober: nobody{},
			Installation: "bench000", Log: slog.New(slog.DiscardHandler),
		})
		running.Go(func() {
			if err := runner.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	<-done
	took := time.Since(begun)
	cancel()
	running.Wait()
	return float64(rows) / took.Seconds()
}

// waitingStore waits before each step is saved, as the step does for its machine.
type waitingStore struct {
	*store.Store
	wait time.Duration
	left *atomic.Int64
	done chan struct{}
}

func (w *waitingStore) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	if w.wait > 0 {
		time.Sleep(w.wait)
	}
	err := w.Store.Save(ctx, row, to)
	if err == nil && w.left.Add(-1) == 0 {
		close(w.done)
	}
	return err
}

// transactions is how many a second there can be on so many connections.
func (p *postgres) transactions(t *testing.T, connections, rows int) float64 {
	t.Helper()
	p.due(t, dueRows)
	var working sync.WaitGroup
	begun := time.Now()
	for part := range connections {
		working.Go(func() { p.some(t, part, connections, rows) })
	}
	working.Wait()
	return float64(rows/connections*connections) / time.Since(begun).Seconds()
}

// some does every so many of the transactions, on a connection of its own.
func (p *postgres) some(t *testing.T, part, of, rows int) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	connection, err := p.bare.Conn(ctx)
	must(err)
	defer connection.Close() //nolint:errcheck // it goes back
	for i := range rows / of {
		now, id := time.Now().UnixMicro(), fmt.Sprintf("DUE%08d", i*of+part+1)
		tx, err := connection.BeginTx(ctx, nil)
		must(err)
		_, err = tx.ExecContext(ctx, `UPDATE deployment SET reconcile_at = $1 WHERE id = $2`, now, id)
		must(err)
		_, err = tx.ExecContext(ctx, `INSERT INTO event (number, deployment_id, at, kind, status, stage, text, log_offset) VALUES ($1, $2, $3, 'status', 'DESTROYED', '', $4, 0)`,
			1_000_000+i*of+part, id, now, "Destroyed; no machine was left to be removed.")
		must(err)
		must(tx.Commit())
	}
}

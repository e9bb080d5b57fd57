package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

// database prepares each statement once. The texts are constants of this package,
// so there are few, and reading one takes several times as long as running it. For
// the same reason a limit is a sum: where it is a bare parameter, SQLite reads the
// text again for each value.
type database struct {
	*sql.DB
	shared        bool // with other processes; its driver prepares by itself, for each connection
	connections   int
	answer, whole time.Duration // how long a statement on its own may take, and a transaction
	mu            sync.RWMutex
	prepared      map[string]*sql.Stmt
}

func openFile(dsn string, connections int) (*database, error) {
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	return newDatabase(db, connections), nil
}

func newDatabase(db *sql.DB, connections int) *database {
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections) // a new connection would prepare everything anew
	return &database{DB: db, connections: connections, answer: answerTime, whole: writeTime, prepared: map[string]*sql.Stmt{}}
}

// reconnect closes the connections that nobody uses.
func (d *database) reconnect() {
	d.SetMaxIdleConns(0)
	d.SetMaxIdleConns(d.connections)
}

func (d *database) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	clean(args)
	if d.shared {
		ctx, cancel := context.WithTimeout(ctx, d.answer)
		defer cancel()
		return d.DB.ExecContext(ctx, query, args...)
	}
	stmt, err := d.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(ctx, args...)
}

func (d *database) QueryContext(ctx context.Context, query string, args ...any) (listing, error) {
	clean(args)
	if d.shared {
		ctx, cancel := context.WithTimeout(ctx, d.answer)
		rows, err := d.DB.QueryContext(ctx, query, args...)
		return boundedRows(rows, err, cancel)
	}
	stmt, err := d.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...) //nolint:rowserrcheck // whoever reads the list looks
}

// QueryRowContext reads one row, which takes microseconds: listening for the end of
// the context meanwhile would take as long.
func (d *database) QueryRowContext(ctx context.Context, query string, args ...any) scanner {
	clean(args)
	if d.shared {
		ctx, cancel := context.WithTimeout(ctx, d.answer)
		return boundedRow{d.DB.QueryRowContext(ctx, query, args...), cancel}
	}
	stmt, err := d.prepare(ctx, query)
	if err != nil {
		return d.DB.QueryRowContext(ctx, query, args...) // which says what is wrong with it
	}
	return stmt.QueryRowContext(context.WithoutCancel(ctx), args...)
}

func (d *database) begin(ctx context.Context) (*transaction, error) {
	tx, err := d.BeginTx(ctx, nil)
	until, _ := ctx.Deadline()
	return &transaction{Tx: tx, db: d, until: until}, err
}

// Close closes the statements, too.
func (d *database) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	var errs []error
	for _, stmt := range d.prepared {
		errs = append(errs, stmt.Close())
	}
	clear(d.prepared)
	return errors.Join(append(errs, d.DB.Close())...)
}

// transaction runs what its database has prepared. What it has not is prepared
// when the transaction is over: until then it has the only connection for writing.
type transaction struct {
	*sql.Tx
	db    *database
	until time.Time // when it has to be over, where it is on a server
	news  []string
	deeds []dictumal.Deed // that are written at its end
	told  bool            // it has written events
	ended bool            // it has ended sessions or tokens
}

// do does work, and tells the other processes of it.
func (t *transaction) do(ctx context.Context, work func(tx *transaction) error) error {
	if !t.db.shared {
		return work(t)
	}
	if err := work(t); err != nil {
		return err
	}
	var errs []error
	for what, happened := range map[string]bool{eventsWritten: t.told, rightsEnded: t.ended} {
		if happened {
			_, err := t.Tx.ExecContext(ctx, announceAll, what)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (t *transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	clean(args)
	if t.db.shared {
		ctx, cancel := context.WithDeadline(ctx, t.until)
		defer cancel()
		return t.Tx.ExecContext(ctx, query, args...)
	}
	if stmt := t.db.known(query); stmt != nil {
		ctx = context.WithoutCancel(ctx)
		return t.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	t.learns(query)
	return t.Tx.ExecContext(ctx, query, args...)
}

func (t *transaction) QueryContext(ctx context.Context, query string, args ...any) (listing, error) {
	clean(args)
	if t.db.shared {
		ctx, cancel := context.WithDeadline(ctx, t.until)
		rows, err := t.Tx.QueryContext(ctx, query, args...)
		return boundedRows(rows, err, cancel)
	}
	return t.Tx.QueryContext(ctx, query, args...) //nolint:rowserrcheck // whoever reads the list looks
}

func (t *transaction) QueryRowContext(ctx context.Context, query string, args ...any) scanner {
	clean(args)
	if t.db.shared {
		ctx, cancel := context.WithDeadline(ctx, t.until)
		return boundedRow{t.Tx.QueryRowContext(ctx, query, args...), cancel}
	}
	if stmt := t.db.known(query); stmt != nil {
		ctx = context.WithoutCancel(ctx)
		return t.StmtContext(ctx, stmt).QueryRowContext(ctx, args...)
	}
	t.learns(query)
	return t.Tx.QueryRowContext(ctx, query, args...)
}

// answers tells whether the database still answers, if only that it does nothing more in
// this transaction.
func (t *transaction) answers(ctx context.Context) bool {
	if !t.db.shared {
		return true
	}
	_, err := t.ExecContext(ctx, `SELECT 1`)
	return err == nil || refused(err)
}

// learns notes what is to be prepared.
func (t *transaction) learns(query string) { t.news = append(t.news, query) }

// learn prepares what was new in a transaction that is over.
func (t *transaction) learn(ctx context.Context) {
	for _, query := range t.news {
		_, _ = t.db.prepare(ctx, query) // one that cannot be prepared now is tried again the next time
	}
}

// Private

func (d *database) known(query string) *sql.Stmt {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.prepared[query]
}

func (d *database) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt := d.known(query); stmt != nil {
		return stmt, nil
	}
	stmt, err := d.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if earlier := d.prepared[query]; earlier != nil {
		return earlier, stmt.Close()
	}
	d.prepared[query] = stmt
	return stmt, nil
}

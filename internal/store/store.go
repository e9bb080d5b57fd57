// Package store keeps the rows. It holds the only SQL of the program, written
// once in the common part of SQLite and PostgreSQL.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// ErrNotFound says that no row matched.
var ErrNotFound = errors.New("no such row")

// ErrFenced says that a worker's claim on a row has passed to another worker:
// nothing was written, and nothing more may be done for that row.
var ErrFenced = errors.New("the claim on this row has passed on")

// ErrDuplicate says that a unique value exists already.
var ErrDuplicate = errors.New("the value exists already")

// ErrFull says that the disk has no room for what was to be written.
var ErrFull = errors.New("the disk is full")

// ErrUnsure says that the connection was lost before the answer: what was written was
// kept, or not.
var ErrUnsure = errors.New("whether it was written is not known")

// Store is an open database.
type Store struct {
	write    *database // one connection: writers queue here instead of failing with "busy"
	read     *database
	postgres *pgx.ConnConfig // nil: SQLite
	current  bool            // the migrations are done
	changes  changes
	ends     changes
	policies policies
	groups   groups
}

// Open opens a database: of a PostgreSQL server by its URL, or the SQLite database in
// a file, which is made where there is none.
func Open(ctx context.Context, place string) (*Store, error) {
	if IsPostgres(place) {
		return openPostgres(ctx, place)
	}
	return openSQLite(ctx, place)
}

// Close closes the database.
func (s *Store) Close() error {
	s.changes.close()
	s.ends.close()
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Private

// transact runs work in one transaction. It is repeated by nobody: an error rolls
// everything back, or is [ErrUnsure]. An order then looks whether it was kept. Whoever
// repeats another that was changes nothing more: an extension names the end that it knew,
// a code is used up, a deployment is destroyed once, a lease is renewed. At worst a call of the provider is
// counted twice, or a grant, a note or a line of the audit log is written twice. A worker
// does not repeat what it has saved.
func (s *Store) transact(ctx context.Context, work func(tx *transaction) error) error {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	return s.atomically(ctx, work)
}

// atomically is transact for as long as the context lasts.
func (s *Store) atomically(ctx context.Context, work func(tx *transaction) error) error {
	tx, err := s.write.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.learn(ctx)
	if err := s.turn(ctx, tx); err != nil {
		return errors.Join(fmt.Errorf("wait for the turn to write: %w", translate(err)), rollback(tx))
	}
	if err := tx.do(ctx, work); err != nil {
		return errors.Join(translate(err), rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", s.unsure(translate(err)))
	}
	return nil
}

// unsure adds [ErrUnsure] to why a commit has failed, unless the server has refused it.
func (s *Store) unsure(err error) error {
	if s.postgres == nil || refused(err) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnsure, err)
}

// inTurn runs one statement that reads and writes while nobody else writes, or that gives
// somebody a right, which a program that must not go on does not.
func (s *Store) inTurn(ctx context.Context, statement func(db writer) error) error {
	if s.postgres == nil {
		return translate(statement(s.write)) // which has one connection
	}
	return s.transact(ctx, func(tx *transaction) error { return statement(tx) })
}

func rollback(tx *transaction) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

// translate gives the driver's errors the names that callers know.
func translate(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return translateSQLite(err, e)
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return translatePostgres(err, e)
	}
	return err
}

// changed tells whether a statement touched exactly the row that it was meant for.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, translate(err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// timeFunction is the clock by which leases are measured: the database's, where several
// processes share it. It is given the time of the process that asks.
const timeFunction = "database_time"

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func moment(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}

// scanner is a row or rows.
type scanner interface{ Scan(dest ...any) error }

// listing is the rows of a query.
type listing interface {
	scanner
	Next() bool
	Err() error
	Close() error
}

// collect reads all rows of a query.
func collect[T any](rows listing, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err below reports what matters
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

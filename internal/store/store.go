// Package store keeps the rows. It holds the only SQL of the program, written
// once in the common part of SQLite and PostgreSQL.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"time"

	"modernc.org/sqlite" // registers the driver "sqlite" and names its errors
	sqlite3 "modernc.org/sqlite/lib"
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

// Store is an open database.
type Store struct {
	write    *database // one connection: writers queue here instead of failing with "busy"
	read     *database
	changes  changes
	policies policies
	groups   groups
}

// Open opens, and where needed makes, the SQLite database in the file.
func Open(ctx context.Context, file string) (*Store, error) {
	if err := private(file); err != nil {
		return nil, err
	}
	// busy_timeout comes first, so that it already holds for the other pragmas.
	// An immediate transaction takes the write lock at once: a deferred one that
	// reads before it writes fails with "busy" however long the timeout.
	// What is deleted or replaced is overwritten: sealed keys among it must be gone.
	dsn := "file:" + file + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)" +
		"&_pragma=foreign_keys(1)&_pragma=synchronous(NORMAL)&_pragma=secure_delete(1)&_txlock=immediate"
	write, err := openDatabase(dsn, 1)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{write: write, read: write}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := openDatabase(dsn+"&_pragma=query_only(1)", 4)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), write.Close())
	}
	s.read = read
	return s, nil
}

// Close closes the database.
func (s *Store) Close() error {
	s.changes.close()
	if s.read == s.write {
		return s.write.Close()
	}
	return errors.Join(s.read.Close(), s.write.Close())
}

// Private

// private makes the file, where there is none, for its owner alone, whatever folder
// it is in. SQLite gives the files beside it the same rights.
func private(file string) error {
	made, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	if err := made.Close(); err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	return nil
}

// transact runs work in one transaction. It is repeated by nobody: an error rolls
// everything back.
func (s *Store) transact(ctx context.Context, work func(tx *transaction) error) error {
	tx, err := s.write.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.learn(ctx)
	if err := work(tx); err != nil {
		return errors.Join(translate(err), rollback(tx))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", translate(err))
	}
	return nil
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
		switch e.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return fmt.Errorf("%w: %w", ErrDuplicate, err)
		case sqlite3.SQLITE_FULL:
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
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

// collect reads all rows of a query.
func collect[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
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

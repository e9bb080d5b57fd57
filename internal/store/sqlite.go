package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"

	"modernc.org/sqlite" // registers the driver "sqlite" and names its errors
	sqlite3 "modernc.org/sqlite/lib"
)

// Private

// The one process that works with a file is its clock.
func init() { //nolint:gochecknoinits // functions are registered with the driver, which belongs to the process
	sqlite.MustRegisterDeterministicScalarFunction(timeFunction, 1,
		func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) { return args[0], nil })
}

func openSQLite(ctx context.Context, file string) (*Store, error) {
	if err := private(file); err != nil {
		return nil, err
	}
	// busy_timeout comes first, so that it already holds for the other pragmas.
	// An immediate transaction takes the write lock at once: a deferred one that
	// reads before it writes fails with "busy" however long the timeout.
	// What is deleted or replaced is overwritten: sealed keys among it must be gone.
	dsn := "file:" + file + "?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)" +
		"&_pragma=foreign_keys(1)&_pragma=synchronous(NORMAL)&_pragma=secure_delete(1)&_txlock=immediate"
	write, err := openFile(dsn, 1)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{write: write, read: write}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := openFile(dsn+"&_pragma=query_only(1)", 4)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), write.Close())
	}
	s.read = read
	return s, nil
}

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

func translateSQLite(err error, e *sqlite.Error) error {
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", ErrDuplicate, err)
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

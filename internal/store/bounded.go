package store

import (
	"context"
	"database/sql"
	"time"
)

// Private

// What is asked of a server has an end, whatever becomes of the server: one that has
// stopped closes no connection, and nobody would ever answer.
const (
	// writeTime is how long a transaction that writes may take, its turn included.
	writeTime = 20 * time.Second
	// answerTime is how long a statement on its own may take, with the connection that
	// it needs.
	answerTime = 15 * time.Second
)

// bounded is a context for writing that ends where a server does not answer any more.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.postgres == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.write.whole)
}

// boundedList is rows that have to be read until a time.
type boundedList struct {
	*sql.Rows
	over context.CancelFunc
}

func boundedRows(rows *sql.Rows, err error, over context.CancelFunc) (listing, error) {
	if err != nil {
		over()
		return nil, err
	}
	return boundedList{rows, over}, nil
}

func (l boundedList) Close() error {
	defer l.over()
	return l.Rows.Close()
}

// boundedRow is a row that has to be read until a time.
type boundedRow struct {
	*sql.Row
	over context.CancelFunc
}

func (r boundedRow) Scan(places ...any) error {
	defer r.over()
	return r.Row.Scan(places...)
}

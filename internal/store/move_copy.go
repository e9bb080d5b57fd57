package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Private

// tellEvery is after how many rows it is told how far a move has come.
const tellEvery = 1000

// transfer copies a table, and compares what has arrived with what was sent.
func (m *mover) transfer(ctx context.Context, t table) error {
	if _, err := m.target.Exec(ctx, `DELETE FROM `+pgx.Identifier{t.name}.Sanitize()); err != nil { // what migrations have put in
		return err
	}
	progress := Moving{Table: t.name}
	if err := m.source.QueryRowContext(ctx, `SELECT COUNT(*) FROM `+quoted(t.name)).Scan(&progress.Of); err != nil {
		return err
	}
	m.told(progress)
	query := `SELECT ` + quoted(t.columns...) + ` FROM ` + quoted(t.name) //nolint:gosec // names of the schema's own
	rows, err := m.source.QueryContext(ctx, query)                        //nolint:rowserrcheck // the stream does
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // the stream reports what matters
	from := &stream{rows: rows, kinds: t.kinds, tell: func(count int64) {
		progress.Rows = count
		m.told(progress)
	}}
	if _, err := m.target.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, from); err != nil {
		return err
	}
	m.done.Rows += from.sent.count
	m.done.Cleaned += from.cleaned
	arrived, err := m.arrived(ctx, t)
	if err != nil {
		return err
	}
	if arrived != from.sent {
		return fmt.Errorf("%d rows were sent and %d have arrived, or not as they were sent", from.sent.count, arrived.count)
	}
	_, err = m.target.Exec(ctx, `ANALYZE `+pgx.Identifier{t.name}.Sanitize()) // or the first hour would be slow
	return err
}

// arrived takes the sum of the rows that the target has.
func (m *mover) arrived(ctx context.Context, t table) (sum tally, err error) {
	columns := make([]string, len(t.columns))
	for i, column := range t.columns {
		columns[i] = pgx.Identifier{column}.Sanitize()
	}
	rows, err := m.target.Query(ctx, `SELECT `+strings.Join(columns, ", ")+` FROM `+pgx.Identifier{t.name}.Sanitize())
	if err != nil {
		return sum, err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return sum, err
		}
		for i := range values {
			if values[i], err = plain(t.kinds[i], values[i]); err != nil {
				return sum, fmt.Errorf("column %s: %w", t.columns[i], err)
			}
		}
		sum.add(values)
	}
	return sum, rows.Err()
}

// stream gives the rows of a table to a copy, and takes their sum.
type stream struct {
	rows    *sql.Rows
	kinds   []string
	tell    func(count int64)
	sent    tally
	cleaned int64
	values  []any
	err     error
}

// Next reads the next row.
func (s *stream) Next() bool {
	if s.err != nil || !s.rows.Next() {
		return false
	}
	if s.values, s.err = s.read(); s.err != nil {
		return false
	}
	s.sent.add(s.values)
	if s.sent.count%tellEvery == 0 {
		s.tell(s.sent.count)
	}
	return true
}

// Values is the row that was read.
func (s *stream) Values() ([]any, error) { return s.values, nil }

// Err is what ended it too early.
func (s *stream) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.rows.Err()
}

func (s *stream) read() ([]any, error) {
	values := make([]any, len(s.kinds))
	places := make([]any, len(values))
	for i := range values {
		places[i] = &values[i]
	}
	if err := s.rows.Scan(places...); err != nil {
		return nil, err
	}
	for i, kind := range s.kinds {
		value, err := plain(kind, values[i])
		if err != nil {
			return nil, err
		}
		if text, ok := value.(string); ok {
			if whole := cleaned(text); whole != text {
				value = whole
				s.cleaned++
			}
		}
		values[i] = value
	}
	return values, nil
}

// plain is a value in the one form that it has on both sides.
func plain(kind string, value any) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil //nolint:nilnil // which is a value, too
	case []byte:
		return string(value), nil
	case int32:
		return int64(value), nil
	case int64:
		switch kind {
		case "boolean":
			return value != 0, nil
		case "double precision":
			return float64(value), nil
		}
		return value, nil
	case string, bool, float64:
		return value, nil
	}
	return nil, fmt.Errorf("nobody knows how to move a %T of the kind %s", value, kind)
}

// quoted are names in a statement for SQLite.
func quoted(names ...string) string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = pgx.Identifier{name}.Sanitize() // both have the same quotes
	}
	return strings.Join(all, ", ")
}

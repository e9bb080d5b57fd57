package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Deeds says which lines of the audit log are wanted; what is empty or zero does not
// narrow them.
type Deeds struct {
	Who    string // the id of a user, or a part of an e-mail address
	Action string // what the action begins with
	Object string
	Result dictumal.Result
	Since  time.Time // at or after
	Until  time.Time // before
}

// AddDeeds writes lines at the end of the audit log, in a transaction that is shared
// with whoever else writes then.
func (s *Store) AddDeeds(ctx context.Context, deeds ...dictumal.Deed) error {
	err := s.together(ctx, func(_ context.Context, tx *transaction) ([]Entry, error) {
		tx.deeds = append(tx.deeds, deeds...)
		return nil, nil
	})
	if err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

const (
	lineColumns = `number, at, actor_id, email, via, from_address, action, object, result, detail, chain`
	lineWanted  = `FROM audit WHERE ($1 = '' OR actor_id = $1 OR LOWER(email) LIKE $2 ESCAPE '\') AND SUBSTR(action, 1, LENGTH($3)) = $3
		AND ($4 = '' OR object = $4) AND ($5 = '' OR result = $5) AND at >= $6 AND at < $7`
)

// NewestDeeds returns up to limit lines before a number, the newest first; 0: from
// the end.
func (s *Store) NewestDeeds(ctx context.Context, wanted Deeds, before int64, limit int) ([]dictumal.Line, error) {
	const query = `SELECT ` + lineColumns + ` ` + lineWanted + ` AND number < $8 ORDER BY number DESC LIMIT $9 + 0`
	if before == 0 {
		before = forever
	}
	rows, err := s.read.QueryContext(ctx, query, wanted.arguments(before, limit)...)
	return collect(rows, err, scanLine)
}

// DeedsAfter returns up to limit lines after a number, the oldest first.
func (s *Store) DeedsAfter(ctx context.Context, wanted Deeds, after int64, limit int) ([]dictumal.Line, error) {
	const query = `SELECT ` + lineColumns + ` ` + lineWanted + ` AND number > $8 ORDER BY number LIMIT $9 + 0`
	rows, err := s.read.QueryContext(ctx, query, wanted.arguments(after, limit)...)
	return collect(rows, err, scanLine)
}

// Private

const forever = int64(1<<63 - 1)

func (w Deeds) arguments(number int64, limit int) []any {
	until := forever
	if !w.Until.IsZero() {
		until = micros(w.Until)
	}
	return []any{w.Who, part(w.Who), w.Action, w.Object, w.Result, micros(w.Since), until, number, limit}
}

// writeDeeds numbers and chains deeds and writes them in the transaction of what
// else was done.
func writeDeeds(ctx context.Context, tx *transaction, deeds []dictumal.Deed) error {
	if len(deeds) == 0 {
		return nil
	}
	var number int64
	var chain string
	const take = `UPDATE audit_head SET number = number + $1 WHERE id = 1 RETURNING number, chain`
	if err := tx.QueryRowContext(ctx, take, len(deeds)).Scan(&number, &chain); err != nil {
		return fmt.Errorf("number deeds: %w", err)
	}
	number -= int64(len(deeds))
	const insert = `INSERT INTO audit (` + lineColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	for _, d := range deeds {
		number++
		d.Number = number
		d = asKept(d)
		chain = d.Chain(chain)
		if _, err := tx.ExecContext(ctx, insert, d.Number, micros(d.At), d.Actor, d.Email, d.Via, d.From,
			d.Action, d.Object, d.Result, d.Detail, chain); err != nil {
			return fmt.Errorf("write a deed: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE audit_head SET chain = $1 WHERE id = 1`, chain); err != nil {
		return fmt.Errorf("chain deeds: %w", err)
	}
	return nil
}

// asKept is a deed as it will be read, which is what its hash is of.
func asKept(d dictumal.Deed) dictumal.Deed {
	for _, text := range []*string{&d.Actor, &d.Email, &d.From, &d.Action, &d.Object, &d.Detail} {
		*text = cleaned(*text)
	}
	return d
}

func scanLine(row scanner) (dictumal.Line, error) {
	var l dictumal.Line
	var at int64
	err := row.Scan(&l.Number, &at, &l.Actor, &l.Email, &l.Via, &l.From, &l.Action, &l.Object, &l.Result, &l.Detail, &l.Chain)
	l.At = moment(at)
	return l, err
}

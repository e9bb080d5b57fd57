package store

import (
	"context"
	"fmt"
	"time"
)

// Attend says in a room that somebody is there until then, with a word, and returns the
// words of all who are there, their own included. One of two who come at once hears the
// other.
func (s *Store) Attend(ctx context.Context, room, who, word string, until time.Time) (words []string, err error) {
	const (
		gone = `DELETE FROM lease WHERE substr(name, 1, length($1)) = $1 AND lease_until <= ` + timeFunction + `($2)`
		come = `INSERT INTO lease (name, owner, lease_until) VALUES ($1, $2, ` + timeFunction + `($4) + $3)
			ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until`
		here = `SELECT owner FROM lease WHERE substr(name, 1, length($1)) = $1`
	)
	err = s.transact(ctx, func(tx *transaction) error {
		now := time.Now()
		if _, err := tx.ExecContext(ctx, gone, room, micros(now)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, come, room+who, word, until.Sub(now).Microseconds(), micros(now)); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, here, room)
		words, err = collect(rows, err, scanID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("attend %s: %w", room, err)
	}
	return words, nil
}

// Leave gives back a lease that an owner holds, or a place in a room.
func (s *Store) Leave(ctx context.Context, name, owner string) error {
	const query = `DELETE FROM lease WHERE name = $1 AND owner = $2`
	if _, err := s.write.ExecContext(ctx, query, name, owner); err != nil {
		return fmt.Errorf("give back lease %s: %w", name, err)
	}
	return nil
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Ownership is what the rows say of machines, for comparison with the provider's list.
type Ownership struct {
	// Names holds the machine of every row that may have one.
	Names map[string]bool
	// Newest is the newest machine name that was ever written down.
	Newest string
}

// Ownership reads which machines the rows own.
func (s *Store) Ownership(ctx context.Context) (Ownership, error) {
	owned := Ownership{Names: make(map[string]bool)}
	const newest = `SELECT COALESCE(MAX(machine_name), '') FROM deployment`
	if err := s.read.QueryRowContext(ctx, newest).Scan(&owned.Newest); err != nil {
		return owned, fmt.Errorf("read newest machine name: %w", err)
	}
	const names = `SELECT machine_name FROM deployment
		WHERE status <> 'DESTROYED' AND machine_name <> '' AND machine_gone_at = 0`
	rows, err := s.read.QueryContext(ctx, names)
	all, err := collect(rows, err, func(row scanner) (name string, err error) { return name, row.Scan(&name) })
	for _, name := range all {
		owned.Names[name] = true
	}
	return owned, err
}

// Sight notes the machines that no row owns, forgets those that are no longer
// among them, and returns since when each has been seen.
func (s *Store) Sight(ctx context.Context, unowned []dictumal.Machine) (since map[string]time.Time, err error) {
	since = make(map[string]time.Time, len(unowned))
	now := micros(time.Now())
	err = s.transact(ctx, func(tx *sql.Tx) error {
		const see = `INSERT INTO sighting (machine_name, machine_id, first_seen_at, last_seen_at) VALUES ($1, $2, $3, $3)
			ON CONFLICT (machine_name) DO UPDATE SET machine_id = $2, last_seen_at = $3 RETURNING first_seen_at`
		for _, machine := range unowned {
			var first int64
			if err := tx.QueryRowContext(ctx, see, machine.Name, machine.ID, now).Scan(&first); err != nil {
				return err
			}
			since[machine.Name] = moment(first)
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM sighting WHERE last_seen_at < $1`, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("note unowned machines: %w", err)
	}
	return since, nil
}

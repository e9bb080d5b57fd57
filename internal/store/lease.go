package store

import (
	"context"
	"fmt"
	"time"
)

// Hold takes or renews a lease on named work for the owner, and is false while
// another owner holds it. Its length is measured by the database's clock.
func (s *Store) Hold(ctx context.Context, name, owner string, until time.Time) (bool, error) {
	const query = `INSERT INTO lease (name, owner, lease_until) VALUES ($1, $2, ` + timeFunction + `($4) + $3)
		ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
		WHERE lease.owner = excluded.owner OR lease.lease_until <= ` + timeFunction + `($4) RETURNING name`
	var held []string
	err := s.inTurn(ctx, func(db writer) error {
		now := time.Now()
		rows, err := db.QueryContext(ctx, query, name, owner, until.Sub(now).Microseconds(), micros(now))
		held, err = collect(rows, err, scanID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("hold lease %s: %w", name, err)
	}
	return len(held) == 1, nil
}

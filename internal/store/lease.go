package store

import (
	"context"
	"fmt"
	"time"
)

// Hold takes or renews a lease on named work for the owner, and is false while
// another owner holds it.
func (s *Store) Hold(ctx context.Context, name, owner string, until time.Time) (bool, error) {
	const query = `INSERT INTO lease (name, owner, lease_until) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET owner = $2, lease_until = $3
		WHERE lease.owner = $2 OR lease.lease_until <= $4`
	held, err := changed(s.write.ExecContext(ctx, query, name, owner, micros(until), micros(time.Now())))
	if err != nil {
		return false, fmt.Errorf("hold lease %s: %w", name, err)
	}
	return held, nil
}

package store

import (
	"context"
	"errors"
	"fmt"
)

// Ping tells whether rows can be read, and could be written: it writes nothing, but
// waits for its turn to. Somebody else's lock may keep it for longer than the context.
func (s *Store) Ping(ctx context.Context) error {
	tx, err := s.write.begin(ctx) // which takes the lock
	if err != nil {
		return fmt.Errorf("begin: %w", translate(err))
	}
	var floor string
	if err = tx.Tx.QueryRowContext(ctx, readFloor).Scan(&floor); err == nil {
		err = checkFloor(s.dialect(), floor)
	}
	return errors.Join(translate(err), rollback(tx))
}

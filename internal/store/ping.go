package store

import (
	"context"
	"errors"
	"fmt"
)

// Ping tells whether rows can be read, and could be written: it writes nothing. Of a file
// it waits for its turn to write, since somebody else's lock may keep it for longer than
// the context. On a server it does not: one replica that stops while it writes holds all
// others up until the server ends its transaction, and if none of them were ready
// meanwhile, nobody would answer at all.
func (s *Store) Ping(ctx context.Context) error {
	if s.postgres != nil {
		return s.pingServer(ctx)
	}
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

// Private

func (s *Store) pingServer(ctx context.Context) error {
	const query = readFloor + `, pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'`
	var floor string
	var readOnly bool
	if err := s.read.QueryRowContext(ctx, query).Scan(&floor, &readOnly); err != nil {
		return fmt.Errorf("ask the server: %w", translate(err))
	}
	if readOnly {
		return ErrReadOnly
	}
	return checkFloor(s.dialect(), floor)
}

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// ErrNotFailed says that a deployment is not in ERROR.
var ErrNotFailed = errors.New("the deployment has not failed")

// Retry writes an order that takes the place of its owner's failed deployment, which
// becomes DESTROYING, all in one transaction. The caps count the failed one for as
// long as its machine may be there. Where the order's key was used before it returns
// the deployment that was made then, and false.
func (s *Store) Retry(ctx context.Context, failed string, order Order) (row Row, created bool, err error) {
	return s.place(ctx, order, func(tx *transaction) error { return replace(ctx, tx, failed, order.Row) })
}

// Private

// replace ends a failed deployment for the sake of another, and tells it in both stories.
func replace(ctx context.Context, tx *transaction, failed string, by Row) error {
	const query = `UPDATE deployment SET status = 'DESTROYING', generation = generation + 1, reconcile_at = $3
		WHERE id = $1 AND owner_id = $2 AND status = 'ERROR'`
	moved, err := changed(tx.ExecContext(ctx, query, failed, by.Owner, micros(by.CreatedAt)))
	if err != nil {
		return fmt.Errorf("end the failed deployment: %w", err)
	}
	if !moved {
		return ErrNotFailed
	}
	now := time.Now()
	err = addEvents(ctx, tx, failed, now, []Entry{{Event: dictumal.Event{
		Kind: dictumal.EventStatus, Status: dictumal.Destroying, Text: fmt.Sprintf("Tried again as %s; what this one left is being removed.", by.ID),
	}}})
	if err != nil {
		return err
	}
	return addEvents(ctx, tx, by.ID, now, []Entry{{Event: dictumal.Event{
		Kind: dictumal.EventNote, Text: fmt.Sprintf("Tried again after %s.", failed),
	}}})
}

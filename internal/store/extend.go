package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Extension moves the end of a deployment.
type Extension struct {
	Owner, ID string
	From      time.Time // the end that the asker knew
	Until     time.Time
	Why       string // for the deployment's story
	Spend     SpendCaps
}

// Extend moves the end of an owner's deployment, due at once, unless the deployment
// is not there any more or its end is another than the asker knew. It is one
// statement, so against a step that ends the machine at this moment it wins whole or
// changes nothing: such a step finds the generation moved on.
func (s *Store) Extend(ctx context.Context, e Extension) (moved bool, err error) {
	const query = `UPDATE deployment SET expires_at = $4, generation = generation + 1, reconcile_at = $5
		WHERE id = $1 AND owner_id = $2 AND expires_at = $3 AND status IN ('PROVISIONING', 'CONFIGURING', 'ACTIVE')`
	now := time.Now()
	err = s.transact(ctx, func(tx *transaction) error {
		moved, err = changed(tx.ExecContext(ctx, query, e.ID, e.Owner, micros(e.From), micros(e.Until), micros(now)))
		if err != nil || !moved {
			return err
		}
		if err := e.Spend.keep(ctx, tx, e.ID); err != nil {
			return err
		}
		return addEvents(ctx, tx, e.ID, now, []Entry{{Event: dictumal.Event{Kind: dictumal.EventNote, Text: e.Why}}})
	})
	if err != nil {
		return false, fmt.Errorf("extend: %w", err)
	}
	if moved {
		s.changes.announce()
	}
	return moved, nil
}

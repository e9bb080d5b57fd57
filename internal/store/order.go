package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// ErrKeyReused says that an idempotency key came back with another body.
var ErrKeyReused = errors.New("the idempotency key belongs to another request")

// CapError says that a cap on live machines is reached.
type CapError struct {
	Own   bool // the owner's cap, not the installation's
	Limit int
}

// Error names the cap.
func (e *CapError) Error() string { return fmt.Sprintf("cap of %d machines reached", e.Limit) }

// Order asks for a new deployment.
type Order struct {
	weakness

	Row     Row
	Key     string // idempotency key; empty: none
	Body    string // hash of the request's body
	PerUser int    // cap on live machines of the owner
	Total   int    // cap on live machines of the installation
	Spend   SpendCaps
}

// keyLife is how long an idempotency key is remembered.
const keyLife = 24 * time.Hour

// AddDeployment writes a new deployment, due at once, in one transaction with its
// idempotency key, the check of the caps, and its first event. Where the key was
// used before it returns the deployment that was made then, and false.
func (s *Store) AddDeployment(ctx context.Context, order Order) (row Row, created bool, err error) {
	return s.place(ctx, order, func(*transaction) error { return nil })
}

// Ordered returns the deployment that an order with the same owner, key and body
// has made, and false where there is none.
func (s *Store) Ordered(ctx context.Context, order Order) (row Row, found bool, err error) {
	if order.Key == "" {
		return Row{}, false, nil
	}
	id, err := findKey(ctx, s.read, order)
	if err != nil || id == "" {
		return Row{}, false, err
	}
	row, err = s.Deployment(ctx, id)
	return row, err == nil, err
}

// MarkDestroying sets an owner's deployment to DESTROYING, due at once. One that is
// destroying or destroyed already stays as it is.
func (s *Store) MarkDestroying(ctx context.Context, owner, id, why string) (Row, error) {
	const query = `UPDATE deployment SET status = 'DESTROYING', generation = generation + 1, reconcile_at = $3
		WHERE id = $1 AND owner_id = $2 AND status NOT IN ('DESTROYING', 'DESTROYED')`
	now := time.Now()
	err := s.transact(ctx, func(tx *transaction) error {
		moved, err := changed(tx.ExecContext(ctx, query, id, owner, micros(now)))
		if err != nil || !moved {
			return err
		}
		return addEvents(ctx, tx, id, now, []Entry{{Event: dictumal.Event{
			Kind: dictumal.EventStatus, Status: dictumal.Destroying, Text: why,
		}}})
	})
	if err != nil {
		return Row{}, fmt.Errorf("mark destroying: %w", err)
	}
	s.changes.announce()
	row, err := s.Deployment(ctx, id)
	if err == nil && row.Owner != owner {
		return Row{}, ErrNotFound
	}
	return row, err
}

// MarkForgotten gives a deployment up without a proof that its machine is gone, and
// its keys with it. One that is not being removed stays as it is. A worker that is
// at it loses its claim: what it has learned would bring the keys back.
func (s *Store) MarkForgotten(ctx context.Context, id, why string) (Row, error) {
	const query = `UPDATE deployment SET status = 'DESTROYED', destroyed_at = $2, warning = '', client_key = '', host_key = '',
		stream_secret = '', generation = generation + 1, fence = fence + 1, lease_owner = '', lease_until = 0
		WHERE id = $1 AND status IN ('DESTROYING', 'ERROR')`
	now := time.Now()
	err := s.transact(ctx, func(tx *transaction) error {
		moved, err := changed(tx.ExecContext(ctx, query, id, micros(now)))
		if err != nil || !moved {
			return err
		}
		return addEvents(ctx, tx, id, now, []Entry{{Event: dictumal.Event{
			Kind: dictumal.EventStatus, Status: dictumal.Destroyed, Text: why,
		}}})
	})
	if err != nil {
		return Row{}, fmt.Errorf("mark forgotten: %w", err)
	}
	s.changes.announce()
	return s.Deployment(ctx, id)
}

// Private

// place writes an order, unless its key has made a deployment before, and what goes
// with it in the same transaction.
func (s *Store) place(ctx context.Context, order Order, with func(tx *transaction) error) (row Row, created bool, err error) {
	id := order.Row.ID
	err = s.transact(ctx, func(tx *transaction) error {
		if order.Key != "" {
			earlier, err := claimable(ctx, tx, order)
			if err != nil || earlier != "" {
				id = earlier
				return err
			}
		}
		created = true
		if err := addDeployment(ctx, tx, order); err != nil {
			return err
		}
		return with(tx)
	})
	if err != nil && (!errors.Is(err, ErrUnsure) || !s.kept(ctx, id)) {
		return Row{}, false, err
	}
	if created {
		s.changes.announce()
	}
	row, err = s.Deployment(ctx, id)
	return row, created, err
}

// kept tells whether a deployment is there that was written by a transaction without an
// answer. This one's turn comes after that one's, which is over by then. Where it is not
// known either, it is not.
func (s *Store) kept(ctx context.Context, id string) (is bool) {
	const query = `SELECT COUNT(*) > 0 FROM deployment WHERE id = $1`
	err := s.transact(ctx, func(tx *transaction) error { return tx.QueryRowContext(ctx, query, id).Scan(&is) })
	return err == nil && is
}

// claimable forgets old keys, and returns the deployment that the order's key has
// made; empty where the key is free.
func claimable(ctx context.Context, tx *transaction, order Order) (earlier string, err error) {
	const forget = `DELETE FROM idempotency WHERE created_at < $1`
	if _, err := tx.ExecContext(ctx, forget, micros(time.Now().Add(-keyLife))); err != nil {
		return "", err
	}
	return findKey(ctx, tx, order)
}

// findKey returns the deployment that the order's key has made; empty where there is none.
func findKey(ctx context.Context, db querier, order Order) (earlier string, err error) {
	var body string
	const find = `SELECT deployment_id, body_hash FROM idempotency WHERE owner_id = $1 AND key = $2 AND created_at >= $3`
	err = db.QueryRowContext(ctx, find, order.Row.Owner, order.Key, micros(time.Now().Add(-keyLife))).Scan(&earlier, &body)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case body != order.Body:
		return "", ErrKeyReused
	}
	return earlier, nil
}

func addDeployment(ctx context.Context, tx *transaction, order Order) error {
	own, all, err := countLive(ctx, tx, order.Row.Owner)
	switch {
	case err != nil:
		return fmt.Errorf("count machines: %w", err)
	case order.without(capOnMachines):
	case own >= order.PerUser:
		return &CapError{Own: true, Limit: order.PerUser}
	case all >= order.Total:
		return &CapError{Limit: order.Total}
	}
	if err := insertDeployment(ctx, tx, order.Row); err != nil {
		return fmt.Errorf("add deployment: %w", err)
	}
	if err := order.Spend.keep(ctx, tx, order.Row.ID); err != nil {
		return err
	}
	if order.Key != "" {
		const claim = `INSERT INTO idempotency (owner_id, key, body_hash, deployment_id, created_at) VALUES ($1, $2, $3, $4, $5)`
		if _, err := tx.ExecContext(ctx, claim, order.Row.Owner, order.Key, order.Body, order.Row.ID, micros(time.Now())); err != nil {
			return fmt.Errorf("remember the key: %w", translate(err))
		}
	}
	return addEvents(ctx, tx, order.Row.ID, order.Row.CreatedAt, []Entry{
		{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Provisioning, Text: "Deployment ordered."}},
		{Event: dictumal.Event{Kind: dictumal.EventProgress, Stage: dictumal.ProvisioningDroplet, Text: dictumal.ProvisioningDroplet.Words()}},
	})
}

func insertDeployment(ctx context.Context, tx *transaction, r Row) error {
	policy, err := encode(r.Policy)
	if err != nil {
		return err
	}
	checks, err := encode(r.Progress.Checks)
	if err != nil {
		return err
	}
	billing, err := encode(r.Billing)
	if err != nil {
		return err
	}
	const query = `INSERT INTO deployment (id, owner_id, constitution_id, constitution_version,
		constitution_title, constitution_hash, policy, provider, stream, region, size, price_per_hour,
		status, stage, checks, failure, machine_name, machine_id, ip, machine_gone_at,
		create_sent_at, start_sent_at, absences, absent_since, log_offset,
		client_key, client_public, host_key, host_public, generation, reconcile_at, lease_owner, lease_until, fence,
		created_at, configuring_at, active_at, error_at, destroyed_at, expires_at, stream_secret, billing)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'PROVISIONING', $13, $14, '', '', '', '', 0,
		0, 0, 0, 0, 0, $15, $16, $17, $18, 1, $19, '', 0, 0, $19, 0, 0, 0, 0, $20, $21, $22)`
	_, err = tx.ExecContext(ctx, query, r.ID, r.Owner, r.Constitution.ID, r.Constitution.Version,
		r.Constitution.Title, r.Constitution.Hash, policy, r.Provider, r.Stream, r.Region, r.Size, r.PricePerHour,
		dictumal.ProvisioningDroplet, checks, r.ClientKey, r.ClientPublic, r.HostKey, r.HostPublic,
		micros(r.CreatedAt), micros(r.ExpiresAt), r.StreamSecret, billing)
	return translate(err)
}

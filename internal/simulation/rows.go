package simulation

import (
	"context"
	"strconv"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// rows is the database as one process sees it.
type rows struct {
	reconcile.Store
	*life
	ledger *Ledger
	// unfenced passes a worker off as one that was not overtaken; nil: nobody does.
	unfenced func(ctx context.Context, row store.Row) (store.Row, error)
}

var _ reconcile.Store = rows{}

// ClaimDue takes rows that are due.
func (r rows) ClaimDue(ctx context.Context, owner string, lease time.Duration, queue store.Queue, limit int) ([]store.Row, error) {
	r.thaw()
	if err := r.pass("claim " + owner + queueName(queue)); err != nil {
		return nil, err
	}
	claimed, err := r.Store.ClaimDue(ctx, owner, lease, queue, limit)
	if err != nil {
		return nil, err
	}
	for _, row := range claimed { // a process that dies before it claims is one that died while idle
		if r.roll("claim "+row.ID) < r.rates.Kill/2 {
			r.die()
			return nil, errKilled
		}
	}
	return claimed, nil
}

// Renew makes a claim last.
func (r rows) Renew(ctx context.Context, row store.Row, until time.Time) (err error) {
	r.thaw()
	if row, err = r.fence(ctx, row); err != nil {
		return err
	}
	// A step and its renewer may do so at once, though not until the same moment.
	object := "renew " + row.ID + strconv.FormatInt(until.UnixNano(), 36)
	return r.through(object, func() error { return r.Store.Renew(ctx, row, until) })
}

// Save writes what a step came to.
func (r rows) Save(ctx context.Context, row store.Row, to store.Outcome) (err error) {
	r.thaw()
	if row, err = r.fence(ctx, row); err != nil {
		return err
	}
	err = r.through("save "+row.ID, func() (err error) {
		r.ledger.Do(func(now time.Time) {
			if err = r.Store.Save(ctx, row, to); err == nil {
				r.ledger.Saved(now, row, to.Entries)
			}
		})
		return err
	})
	rate := r.rates.Stop
	if to.Keep { // an order was written down: the worst moment
		rate *= 10
	}
	if object := "stop " + row.ID; r.roll(object) < rate {
		r.stop(object)
	}
	return err
}

// NextDue tells when something is due.
func (r rows) NextDue(ctx context.Context, queue store.Queue) (time.Time, error) {
	r.thaw()
	if err := r.pass("due " + r.name + queueName(queue)); err != nil {
		return time.Time{}, err
	}
	return r.Store.NextDue(ctx, queue)
}

// Hold takes the lease on the sweep.
func (r rows) Hold(ctx context.Context, name, owner string, until time.Time) (held bool, err error) {
	r.thaw()
	err = r.through("hold", func() (err error) {
		held, err = r.Store.Hold(ctx, name, owner, until)
		return err
	})
	return held, err
}

// Ownership tells what the rows own.
func (r rows) Ownership(ctx context.Context) (owned store.Ownership, err error) {
	r.thaw()
	err = r.through("ownership", func() (err error) {
		owned, err = r.Store.Ownership(ctx)
		return err
	})
	return owned, err
}

// Sight notes machines without an owner.
func (r rows) Sight(ctx context.Context, unowned []dictumal.Machine) (known map[string]store.Sighting, err error) {
	r.thaw()
	err = r.through("sight", func() (err error) {
		known, err = r.Store.Sight(ctx, unowned)
		return err
	})
	return known, err
}

// Private

func queueName(queue store.Queue) string { return strconv.Itoa(int(queue)) }

func (r rows) fence(ctx context.Context, row store.Row) (store.Row, error) {
	if r.unfenced == nil {
		return row, nil
	}
	return r.unfenced(ctx, row)
}

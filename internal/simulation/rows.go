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
	outages outages
	ledger  *Ledger
	// unfenced passes a worker off as one that was not overtaken; nil: nobody does.
	unfenced func(ctx context.Context, row store.Row) (store.Row, error)
	// skew is by how much this process makes leases too long; none does that is sound.
	skew time.Duration
}

var _ reconcile.Store = rows{}

// ClaimDue takes rows that are due.
func (r rows) ClaimDue(ctx context.Context, owner string, lease time.Duration, queue store.Queue, limit int) (claimed []store.Row, err error) {
	object := "claim " + owner + queueName(queue)
	ctx, end, err := r.enter(ctx, object)
	if err != nil {
		return nil, err
	}
	defer end()
	err = r.effect(ctx, object, func(ctx context.Context, now time.Time) (err error) {
		claimed, err = r.Store.ClaimDue(ctx, owner, lease+r.skew, queue, limit)
		for _, row := range claimed {
			r.ledger.Claimed(now, row.ID, r.name, now.Add(lease))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, row := range claimed { // a process that dies before it claims is one that died while idle
		if r.roll("claim "+row.ID) < r.rates.Kill/2 {
			r.die()
			return nil, errKilled
		}
	}
	r.leave(object)
	return claimed, nil
}

// Renew makes a claim last.
func (r rows) Renew(ctx context.Context, row store.Row, until time.Time) (err error) {
	// A step and its renewer may do so at once, though not until the same moment.
	object := "renew " + row.ID + strconv.FormatInt(until.UnixNano(), 36)
	return r.write(ctx, object, func(ctx context.Context, now time.Time) error {
		if row, err = r.fence(ctx, row); err != nil {
			return err
		}
		if err = r.Store.Renew(ctx, row, until.Add(r.skew)); err == nil {
			r.ledger.Renewed(now, row.ID, r.name, until)
		}
		return err
	})
}

// Save writes what a step came to.
func (r rows) Save(ctx context.Context, row store.Row, to store.Outcome) (err error) {
	err = r.write(ctx, "save "+row.ID, func(ctx context.Context, now time.Time) error {
		if row, err = r.fence(ctx, row); err != nil {
			return err
		}
		if err = r.Store.Save(ctx, row, to); err == nil {
			r.ledger.Wrote(now, row.ID, r.name, to.Keep)
			r.ledger.Saved(now, row, to.Entries)
		}
		return err
	})
	// That an order was written down, and is not sent yet, is the worst moment.
	if object := "stop " + row.ID; to.Keep && r.roll(object) < 10*r.rates.Stop {
		r.stop(object)
	}
	return err
}

// NextDue tells when something is due.
func (r rows) NextDue(ctx context.Context, queue store.Queue) (due time.Time, err error) {
	object := "due " + r.name + queueName(queue)
	ctx, end, err := r.enter(ctx, object)
	if err != nil {
		return time.Time{}, err
	}
	defer end()
	err = r.reach(ctx, object, func(ctx context.Context) error {
		due, err = r.Store.NextDue(ctx, queue)
		return err
	})
	r.leave(object)
	return due, err
}

// Hold takes the lease on the sweep.
func (r rows) Hold(ctx context.Context, name, owner string, until time.Time) (held bool, err error) {
	err = r.write(ctx, "hold", func(ctx context.Context, now time.Time) error {
		if held, err = r.Store.Hold(ctx, name, owner, until); held {
			r.ledger.Held(now, r.name, until)
		}
		return err
	})
	return held, err
}

// Ownership tells what the rows own.
func (r rows) Ownership(ctx context.Context) (owned store.Ownership, err error) {
	err = r.read(ctx, "ownership", func(ctx context.Context) error {
		owned, err = r.Store.Ownership(ctx)
		return err
	})
	return owned, err
}

// Timeline tells the story of a deployment.
func (r rows) Timeline(ctx context.Context, deployment string) (told []store.Entry, err error) {
	err = r.read(ctx, "timeline "+deployment, func(ctx context.Context) error {
		told, err = r.Store.Timeline(ctx, deployment)
		return err
	})
	return told, err
}

// Sight notes machines without an owner.
func (r rows) Sight(ctx context.Context, unowned []dictumal.Machine) (known map[string]store.Sighting, err error) {
	err = r.write(ctx, "sight", func(ctx context.Context, _ time.Time) error {
		known, err = r.Store.Sight(ctx, unowned)
		return err
	})
	return known, err
}

// Private

func queueName(queue store.Queue) string { return strconv.Itoa(int(queue)) }

// read is a call that reads.
func (r rows) read(ctx context.Context, object string, read func(ctx context.Context) error) error {
	return r.through(ctx, object, func(ctx context.Context) error { return r.reach(ctx, object, read) })
}

// write is a call that writes, of which the ledger hears when it does.
func (r rows) write(ctx context.Context, object string, write func(ctx context.Context, now time.Time) error) error {
	return r.through(ctx, object, func(ctx context.Context) error { return r.effect(ctx, object, write) })
}

// effect lets one write happen at a time, as the database does.
func (r rows) effect(ctx context.Context, object string, write func(ctx context.Context, now time.Time) error) error {
	return r.reach(ctx, object, func(ctx context.Context) (err error) {
		r.ledger.Do(func(now time.Time) {
			if err = context.Cause(ctx); err == nil {
				err = write(ctx, now)
			}
		})
		return err
	})
}

func (r rows) fence(ctx context.Context, row store.Row) (store.Row, error) {
	if r.unfenced == nil {
		return row, nil
	}
	return r.unfenced(ctx, row)
}

package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/store"
)

// errLate says that a claim could not be renewed in time.
var errLate = errors.New("the claim ran out")

// hold is a worker's claim on a row while a step runs.
type hold struct {
	weakness

	store Store
	row   store.Row // by which the claim is known
	lease time.Duration

	mu    sync.Mutex
	until time.Time
}

// during runs work and renews the claim meanwhile. The context that work gets
// ends with the cause when the claim is lost, which is then told with the error that
// work came to: the row may be unknown as well.
func (h *hold) during(ctx context.Context, every time.Duration, work func(context.Context) error) error {
	if h.without(leaseLeft) {
		return work(ctx)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	// Renewing is over before the step is saved: a renewal after that would lock
	// a row that nobody works on.
	var renewing sync.WaitGroup
	defer renewing.Wait()
	defer cancel(nil)
	renewing.Go(func() { h.keep(ctx, every, cancel) })
	err := work(ctx)
	if lost := context.Cause(ctx); err != nil && lost != nil {
		return errors.Join(lost, err)
	}
	return err
}

// enough makes sure that a call of the provider, of that length, ends before the claim does.
func (h *hold) enough(ctx context.Context, call time.Duration) error {
	if h.left() >= call || h.without(leaseLeft) {
		return nil
	}
	if err := h.renew(ctx); err != nil {
		return err
	}
	if h.left() < call {
		return errLate // the process stood still meanwhile
	}
	return nil
}

// renew makes the claim last a whole lease from now on.
func (h *hold) renew(ctx context.Context) error {
	until := time.Now().Add(h.lease)
	if err := h.store.Renew(ctx, h.row, until); err != nil {
		return fmt.Errorf("renew the claim: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.until = until
	return nil
}

// Private

func (h *hold) keep(ctx context.Context, every time.Duration, lost context.CancelCauseFunc) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := h.renew(ctx)
		switch {
		case errors.Is(err, store.ErrFenced):
			lost(err)
		case err != nil && h.over():
			lost(errLate)
		}
	}
}

func (h *hold) over() bool { return h.left() <= 0 }

func (h *hold) left() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return left(h.until)
}

// left is how long it is until a moment that was told by the present process, by the
// clock that says less: the one that only goes on may stand still while the host
// sleeps, and the other may be set.
func left(until time.Time) time.Duration {
	return min(time.Until(until), time.Until(until.Round(0)))
}

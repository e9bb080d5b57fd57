package reconcile

import (
	"context"
	"sync"
	"time"
)

// drainTime is how long steps that run at shutdown may take to end by themselves.
const drainTime = 5 * time.Second

// longestIdle bounds the sleep of a runner whom nobody wakes: another replica
// may have written a row.
const longestIdle = 30 * time.Second

// Runner claims rows that are due and takes a step with each.
type Runner struct {
	Options
	memos memos
	wake  chan struct{}
}

// New makes a runner that does nothing yet.
func New(options Options) *Runner {
	return &Runner{Options: options.withDefaults(), wake: make(chan struct{}, 1)}
}

// Wake makes the runner look for due rows at once. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default: // it is woken already
	}
}

// Run works until the context ends. Steps that run then get a few seconds, and
// what they have learned is saved.
func (r *Runner) Run(ctx context.Context) error {
	steps, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { r.watch(ctx) })
	r.dispatch(ctx, steps, &running)
	impatience := time.AfterFunc(drainTime, stop)
	defer impatience.Stop()
	running.Wait()
	return nil
}

// Private

// dispatch gives due rows to workers until the context ends.
func (r *Runner) dispatch(ctx, steps context.Context, running *sync.WaitGroup) {
	workers := make(chan struct{}, r.Workers)
	failures := 0
	for {
		select {
		case workers <- struct{}{}:
		case <-ctx.Done():
			return
		}
		claimed := false
		wait, err := r.claim(steps, func(work func()) {
			claimed = true
			running.Go(func() {
				defer r.Wake()
				defer func() { <-workers }()
				work()
			})
		})
		if !claimed {
			<-workers
		}
		if err == nil {
			failures = 0
		} else {
			failures++
			wait = backoff(failures)
			r.Log.ErrorContext(ctx, "The database does not answer.", "error", err, "retry_in", wait)
		}
		if ctx.Err() != nil || (wait > 0 && !r.sleep(ctx, wait, err != nil)) {
			return
		}
	}
}

// claim starts work on a due row, or tells how long there will be none.
func (r *Runner) claim(ctx context.Context, start func(work func())) (wait time.Duration, err error) {
	until := time.Now().Add(r.Lease)
	row, ok, err := r.Store.Claim(ctx, r.Owner, r.Lease)
	if err != nil {
		return 0, err
	}
	if ok {
		start(func() { r.work(ctx, row, until) })
		return 0, nil
	}
	next, err := r.Store.NextDue(ctx)
	if err != nil || next.IsZero() {
		return longestIdle, err
	}
	// Where another replica was quicker a row seems due that cannot be claimed;
	// the millisecond keeps that from becoming a spin.
	return min(max(time.Until(next), time.Millisecond), longestIdle), nil
}

// sleep waits, until somebody wakes the runner unless it is deaf; false at the end.
func (r *Runner) sleep(ctx context.Context, wait time.Duration, deaf bool) bool {
	wake := r.wake
	if deaf {
		wake = nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-wake:
	case <-timer.C:
	}
	return true
}

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(time.Second<<min(failures-1, 10), time.Minute)
}

package reconcile

import (
	"context"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// drainTime is how long steps that run at shutdown may take to end by themselves.
const drainTime = 5 * time.Second

// longestIdle bounds the sleep of a runner whom nobody wakes: another replica
// may have written a row.
const longestIdle = 30 * time.Second

// Runner claims rows that are due and takes a step with each. Rows that people wait
// for have workers of their own, and so have those that are only looked after:
// neither waits behind the other, however many come due at once.
type Runner struct {
	Options
	memos              memos
	surveys            *surveys
	unsettled, settled *line
}

// New makes a runner that does nothing yet.
func New(options Options) *Runner {
	o := options.withDefaults()
	return &Runner{
		Options: o, surveys: newSurveys(),
		unsettled: newLine(store.Unsettled, o.Workers), settled: newLine(store.Settled, o.Workers),
	}
}

// Wake makes the runner look for due rows at once. It never blocks.
func (r *Runner) Wake() {
	r.unsettled.poke()
	r.settled.poke()
}

// Run works until the context ends. Steps that run then get a few seconds, and
// what they have learned is saved.
func (r *Runner) Run(ctx context.Context) error {
	steps, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	running.Go(func() { r.watch(ctx) })
	running.Go(func() { r.dispatch(ctx, steps, r.settled, &running) })
	r.dispatch(ctx, steps, r.unsettled, &running)
	impatience := time.AfterFunc(drainTime, stop)
	defer impatience.Stop()
	running.Wait()
	return nil
}

// Private

// dispatch gives the due rows of a line to its workers until the context ends.
func (r *Runner) dispatch(ctx, steps context.Context, l *line, running *sync.WaitGroup) {
	for failures, going := 0, true; going; {
		wait, err := r.turn(ctx, steps, l, running)
		switch {
		case err != nil:
			failures++
			r.Log.ErrorContext(ctx, "The database does not answer.", "error", err, "retry_in", backoff(failures))
			going = rest(ctx, backoff(failures)) // nobody wakes it before
			continue
		case wait > 0:
			going = l.sleep(ctx, wait)
		default:
			going = ctx.Err() == nil
		}
		failures = 0
	}
}

// turn starts work on due rows, as many as there are free workers, or tells how long
// there will be nothing to do.
func (r *Runner) turn(ctx, steps context.Context, l *line, running *sync.WaitGroup) (wait time.Duration, err error) {
	next, err := r.Store.NextDue(steps, l.queue)
	switch {
	case err != nil:
		return 0, err
	case next.IsZero():
		return longestIdle, nil
	case time.Now().Before(next):
		return min(time.Until(next), longestIdle), nil
	}
	free := l.engage(ctx)
	if free == 0 {
		return 0, nil
	}
	if r.standsStill() { // asked last: waiting for a worker may take long
		l.dismiss(free)
		return unfitWait, nil
	}
	until := time.Now().Add(r.Lease)
	rows, err := r.Store.ClaimDue(steps, r.Owner, r.Lease, l.queue, free)
	l.dismiss(free - len(rows))
	if len(rows) > 0 {
		r.Observer.Claimed(time.Since(next))
	}
	for _, row := range rows {
		running.Go(func() {
			defer l.dismiss(1)
			r.work(steps, row, until)
		})
	}
	if err != nil || len(rows) > 0 {
		return 0, err
	}
	// Where another replica was quicker a row seems due that cannot be claimed; the
	// millisecond keeps that from becoming a spin.
	return time.Millisecond, nil
}

// expect has rows of a status looked for when one comes due.
func (r *Runner) expect(status dictumal.Status, due time.Time) {
	if status.Settled() {
		r.settled.by(due)
		return
	}
	r.unsettled.by(due)
}

// backoff is how long to wait after so many failures in a row.
func backoff(failures int) time.Duration {
	return min(time.Second<<min(failures-1, 10), time.Minute)
}

package reconcile

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// saveTime bounds the writing of what a step came to, which is tried at shutdown too.
const saveTime = 5 * time.Second

// Private

// work takes one step with a row and writes what it came to.
func (r *Runner) work(ctx context.Context, row store.Row, until time.Time) {
	begun := time.Now()
	s := &step{
		Runner: r, row: row, saved: row,
		hold: &hold{weakness: r.weakness, store: r.Store, row: row, lease: r.Lease, until: until},
		memo: r.memos.of(row.ID).about(row.MachineName),
	}
	err := errors.Join(s.hold.during(ctx, r.Renew, s.contained), r.fit())
	// Where the row as it is now is not known, the next claim begins from what it is.
	if !errors.Is(err, store.ErrFenced) && !errors.Is(err, store.ErrUnsure) && !errors.Is(err, errNotFit) {
		err = errors.Join(err, s.finish(context.WithoutCancel(ctx), err))
	}
	r.Observer.Stepped(row.Status, time.Since(begun), err)
	switch {
	case err == nil:
	case errors.Is(err, store.ErrFenced):
		r.Log.InfoContext(ctx, "Another worker has taken over.", "deployment", row.ID)
	case ctx.Err() != nil:
		r.Log.InfoContext(ctx, "A step was interrupted by the shutdown.", "deployment", row.ID)
	default:
		r.Log.WarnContext(ctx, "A step failed and will be repeated.", "deployment", row.ID, "status", row.Status, "error", err)
	}
}

// contained takes the step and turns a panic into an error: one broken row must
// not stop the others. What the step had in hand then is not trusted.
func (s *step) contained(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.row, s.entries = s.saved, nil
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.take(ctx)
}

// finish saves the step and lets go of the row.
func (s *step) finish(ctx context.Context, failed error) error {
	ctx, cancel := context.WithTimeout(ctx, saveTime)
	defer cancel()
	if failed == nil {
		s.memo.failures = 0
		s.relieve()
	} else {
		s.memo.failures++
		s.warn(failed)
		s.again(s.patience(failed))
	}
	if s.wake.IsZero() {
		s.again(s.pollEvery())
	}
	if s.living() {
		s.wake = earliest(s.wake, s.nextMoment())
	}
	// The database knows microseconds: rounded down, a row would come due just
	// before the moment that it waits for, and wait again.
	s.wake = s.wake.Add(time.Microsecond - 1).Truncate(time.Microsecond)
	s.memo.due = s.wake
	s.memos.keep(s.row.ID, s.memo)
	if err := s.Store.Save(ctx, s.row, store.Outcome{Entries: s.entries, Wake: s.wake, Woken: s.Wake}); err != nil {
		return err
	}
	s.expect(s.row.Status, s.wake)
	if s.row.Status != s.saved.Status {
		s.Log.InfoContext(ctx, "A deployment has moved.", "deployment", s.row.ID, "from", s.saved.Status, "to", s.row.Status)
		s.Observer.Moved(s.saved.Status, s.row.Deployment)
	}
	if s.saved.MachineGoneAt.IsZero() && !s.row.MachineGoneAt.IsZero() && s.row.MachineName != "" {
		s.Observer.Removed(s.row.ID, s.row.MachineName)
	}
	if s.row.Status.Terminal() {
		s.memos.drop(s.row.ID)
	}
	return nil
}

// patience is how long to wait after a failed step: at least as long as the
// provider asks for.
func (s *step) patience(failed error) time.Duration {
	wait := backoff(s.memo.failures)
	if errors.Is(failed, context.Canceled) && !errors.Is(failed, errLate) {
		return 0 // the shutdown interrupted it; whoever comes next may begin at once
	}
	if refusal, ok := errors.AsType[*dictumal.Refusal](failed); ok {
		wait = max(wait, refusal.RetryAfter)
	}
	return wait
}

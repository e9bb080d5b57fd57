package simulation

import (
	"context"
	"sync/atomic"
	"time"
)

// life is one run of a process, from its start to its violent end.
type life struct {
	*chance
	*tally
	*weather
	name  string // of the process and its run
	rates Rates
	dead  atomic.Bool
	end   context.CancelFunc
	over  <-chan struct{}
	thaws atomic.Int64 // until when the process is stopped, in Unix nanoseconds
}

// Rates is how violent a storm is.
type Rates struct {
	Kill float64 // how likely a call is a process's last
	Stop float64 // how likely a process stops for a while, before a call's effect or after it
	Away float64 // how likely the database goes away within four minutes, for everybody
}

// Private

// through makes a call unless the process dies of it: before its effect, or after it
// with the answer lost. A dead process does nothing more.
func (l *life) through(ctx context.Context, object string, effect func(ctx context.Context) error) error {
	ctx, end, err := l.enter(ctx, object)
	if err != nil {
		return err
	}
	defer end()
	number := l.roll(object)
	if number >= l.rates.Kill {
		err := effect(ctx)
		l.leave(object)
		if l.dead.Load() {
			return errKilled // another call was the last meanwhile
		}
		return err
	}
	if number < l.rates.Kill/2 {
		_ = effect(ctx) // nobody hears of it
	}
	l.die()
	return errKilled
}

// enter lets a call begin. Where the process stands still meanwhile, the call goes on
// with it as if nothing had been, though nobody waits for it any more.
func (l *life) enter(ctx context.Context, object string) (context.Context, context.CancelFunc, error) {
	if ctx.Err() != nil {
		return nil, nil, context.Cause(ctx)
	}
	stood := l.thaw()
	if l.roll("stop before "+object) < l.rates.Stop {
		l.stop(object)
		stood = true
	}
	if err := l.pass(object); err != nil {
		return nil, nil, err
	}
	if stood {
		ctx, end := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		return ctx, end, nil
	}
	return ctx, func() {}, nil
}

// leave lets an answer be read when the process goes on.
func (l *life) leave(object string) {
	if l.roll("stop after "+object) < l.rates.Stop {
		l.stop(object)
	}
	l.thaw()
}

// pass lets next to no time pass, never the same twice: what happens at once on
// several goroutines happens in the same order in every run.
func (l *life) pass(object string) error {
	if l.dead.Load() {
		return errKilled
	}
	time.Sleep(time.Duration(1 + l.next("pass "+object)*float64(time.Millisecond)))
	if l.dead.Load() {
		return errKilled
	}
	return nil
}

func (l *life) die() {
	if !l.dead.Swap(true) {
		l.kill()
	}
	l.end()
}

// roll is the object's number for this time; 1 when it is calm, which lets nothing
// happen.
func (l *life) roll(object string) float64 {
	number := l.next(object)
	if !l.stormy(time.Now()) {
		return 1
	}
	return number
}

// stop lets the whole process stand still for a while, as one does that is stopped,
// swapped out or moved to another host: most for longer than twice a lease, some for
// longer than the grace.
func (l *life) stop(object string) {
	if l.dead.Load() {
		return
	}
	l.tell(Stopped, "")
	now := time.Now()
	span := l.between(object+now.String(), 5*time.Second, time.Minute)
	switch kind := l.next("how long " + object); {
	case kind < .5:
		span += 55 * time.Second
	case kind < .8:
		span = l.between(object+now.String(), 3*time.Minute, 7*time.Minute)
	}
	span = min(span, l.calmSince(now).Sub(now)) // with the storm it is over
	l.thaws.Store(now.Add(span).UnixNano())
	l.thaw()
}

// thaw waits until the process goes on, and tells whether it stood still.
func (l *life) thaw() (stood bool) {
	for {
		left := time.Until(time.Unix(0, l.thaws.Load()))
		if left <= 0 {
			return stood
		}
		stood = true
		timer := time.NewTimer(left)
		select {
		case <-timer.C:
		case <-l.over:
			timer.Stop()
			return stood
		}
	}
}

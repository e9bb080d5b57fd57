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
	Stop float64 // how likely a process stops for a while after a write
}

// Private

// through makes a call unless the process dies of it: before its effect, or after it
// with the answer lost. A dead process does nothing more.
func (l *life) through(object string, effect func() error) error {
	if err := l.pass(object); err != nil {
		return err
	}
	number := l.roll(object)
	if number >= l.rates.Kill {
		err := effect()
		if l.dead.Load() {
			return errKilled // another call was the last meanwhile
		}
		return err
	}
	if number < l.rates.Kill/2 {
		_ = effect() // nobody hears of it
	}
	l.die()
	return errKilled
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
// swapped out or moved to another host: some longer than a lease, some than the grace.
func (l *life) stop(object string) {
	span := l.between(object, 5*time.Second, time.Minute)
	if l.of(object+" long") < .3 {
		span = l.between(object, 3*time.Minute, 7*time.Minute)
	}
	l.tell(Stopped, "")
	now := time.Now()
	span = min(span, l.calmSince(now).Sub(now)) // with the storm it is over
	l.thaws.Store(now.Add(span).UnixNano())
	l.thaw()
}

// thaw waits until the process goes on.
func (l *life) thaw() {
	left := time.Until(time.Unix(0, l.thaws.Load()))
	if left <= 0 {
		return
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.over:
	}
}

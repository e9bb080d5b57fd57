package digitalocean

import (
	"context"
	"errors"
	"time"
)

// Ledger counts the calls of all replicas, who share what DigitalOcean allows. It
// outlives them, so that nobody who starts anew forgets what was sent.
type Ledger interface {
	// TakeCall counts a call that is sent now, where fewer than so many were in the last
	// minute and in the last hour, and no pause is on. Else it counts nothing, and says
	// how long no call may be sent, or how long such a one has to wait at least.
	TakeCall(ctx context.Context, minute, hour int) (wait, pause time.Duration, err error)
	// PauseCalls lets nobody send a call for so long.
	PauseCalls(ctx context.Context, wait time.Duration) error
}

// Private

// askTime is what a ledger gets at least to answer in. Where it does not, nothing is sent.
const askTime = time.Second

// common is what a replica knows of the ledger. Of each class one call at a time asks
// it, and the others wait behind that one: many who ask at once would all learn the
// same. Classes do not wait for each other, since each leaves more to those before it.
type common struct {
	ledger Ledger // nil: nobody else sends calls
	lanes  [classes]lane
}

// lane is one class's.
type lane struct {
	turn chan struct{} // held by the one who asks
	free time.Time     // before this nobody needs to ask: what has been sent does not get less
}

func newCommon(ledger Ledger) *common {
	c := &common{ledger: ledger}
	for class := range c.lanes {
		c.lanes[class].turn = make(chan struct{}, 1)
	}
	return c
}

// take waits until a call is counted, for as long as it may wait. Where all calls are
// paused it has not been, and pause is for how long.
func (c *common) take(ctx context.Context, class Class, last time.Time) (pause time.Duration, err error) {
	if c.ledger == nil {
		return 0, nil
	}
	patience, cancel := patient(ctx, last)
	defer cancel()
	lane := &c.lanes[class]
	select {
	case lane.turn <- struct{}{}:
		defer func() { <-lane.turn }()
	case <-patience.Done():
		return 0, overdue(ctx, 0)
	}
	for {
		if wait := time.Until(lane.free); wait > 0 && (lane.free.After(last) || !rest(ctx, wait)) {
			return 0, overdue(ctx, wait)
		}
		wait, pause, err := c.ask(ctx, class, last)
		if err != nil || pause > 0 || wait <= 0 {
			return pause, err
		}
		lane.free = time.Now().Add(wait)
	}
}

// pause tells the others of a pause. Where that fails each of them hears of it with
// its own next call.
func (c *common) pause(ctx context.Context, wait time.Duration) {
	if c.ledger == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	_ = c.ledger.PauseCalls(ctx, wait)
}

// ask asks the ledger, which has until then to answer.
func (c *common) ask(ctx context.Context, class Class, last time.Time) (wait, pause time.Duration, err error) {
	patience, cancel := patient(ctx, last)
	defer cancel()
	wait, pause, err = c.ledger.TakeCall(patience, limits[0].of(class), limits[1].of(class))
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		err = refusalLedger(err)
	}
	return wait, pause, err
}

// patient is a context until a time, and long enough for being answered in any case:
// what need not wait may go with the last of its time.
func patient(ctx context.Context, last time.Time) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, max(askTime, time.Until(last)))
}

// of is what a class may use of a limit.
func (l limit) of(class Class) int { return l.calls - class.reserve(l.calls) }

// rest waits, and tells whether the context lasted for as long.
func rest(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// overdue is what a call gets whose turn does not come in time, unless whoever makes
// it has left.
func overdue(ctx context.Context, wait time.Duration) error {
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return err
	}
	return refusalBudget(wait)
}

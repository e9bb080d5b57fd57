package digitalocean

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"
)

const (
	// sendTime is what a call must have left once its turn has come.
	sendTime = orderTime
	// lookWait is how long what only looks waits for its turn. Whoever looks holds up
	// a worker who may be needed for something better.
	lookWait = 5 * time.Second
)

// budget spreads the calls, so that DigitalOcean has no reason to refuse any: it
// allows 250 in any minute and 5,000 in any hour. A bucket that refills would let
// through twice what it holds within one such span, so the calls themselves are
// remembered. What only looks leaves a tenth and what makes a twentieth to what
// destroys, which overtakes all that wait. It is one replica's; what all of them send
// together is in the [Ledger].
type budget struct {
	mu      sync.Mutex
	spent   spent
	quota   quota
	waiting [classes][]*turn
	alarm   *time.Timer // nil: nobody waits
}

// turn is a call that waits for being allowed.
type turn struct{ come chan struct{} }

// take waits until a call may be sent, for as long as the context leaves time for
// sending it. What cannot have its turn by then is refused without waiting.
func (b *budget) take(ctx context.Context, class Class) error {
	b.mu.Lock()
	now := time.Now()
	b.serve(now)
	ahead := b.ahead(class)
	at, last := b.free(class, ahead, now), patienceOf(ctx, class, now)
	if !at.After(now) {
		b.spend(now)
		b.mu.Unlock()
		return nil
	}
	if at.After(last) {
		b.mu.Unlock()
		return refusalBudget(at.Sub(now))
	}
	mine := &turn{come: make(chan struct{})}
	b.waiting[class] = append(b.waiting[class], mine)
	b.wind(now)
	b.mu.Unlock()

	impatience := time.NewTimer(last.Sub(now))
	defer impatience.Stop()
	select {
	case <-mine.come:
		return nil
	case <-impatience.C:
	case <-ctx.Done():
	}
	return b.giveUp(ctx, class, mine)
}

// giveBack takes back a call that was not sent after all. Which of the newest it was
// makes no difference here: who shares what is allowed counts them in a [Ledger], too.
func (b *budget) giveBack() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.spent.at = b.spent.at[:max(0, len(b.spent.at)-1)]
	b.serve(now)
	b.wind(now)
}

// learn takes over what an answer says is left.
func (b *budget) learn(header http.Header) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.quota.learn(header, now)
	b.serve(now)
	b.wind(now)
}

// Private

// reserve is what a class leaves of a limit to those before it.
func (c Class) reserve(limit int) int {
	switch c {
	case Look:
		return limit / 10
	case Create:
		return limit / 20
	case Destroy:
	}
	return 0
}

// patienceOf is until when a call may wait for its turn.
func patienceOf(ctx context.Context, class Class, now time.Time) time.Time {
	last := now.Add(callTimeout - sendTime)
	if class == Look {
		last = now.Add(lookWait)
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Add(-sendTime).Before(last) {
		last = deadline.Add(-sendTime)
	}
	return last
}

// ahead counts the calls that wait and go before one of a class that comes now.
func (b *budget) ahead(class Class) (count int) {
	for c := range class + 1 {
		count += len(b.waiting[c])
	}
	return count
}

// free is when a call of a class may go that so many others go before.
func (b *budget) free(class Class, ahead int, now time.Time) time.Time {
	at := b.quota.free(class, ahead, now)
	for _, limit := range limits {
		if free := b.spent.free(limit, class, ahead, now); free.After(at) {
			at = free
		}
	}
	return at
}

func (b *budget) spend(now time.Time) {
	b.spent.add(now)
	b.quota.spend(now)
}

// serve lets all go whose turn has come. Where the first of them may not go, those
// after it may not either: they leave more to others.
func (b *budget) serve(now time.Time) {
	for class := range Class(classes) {
		for len(b.waiting[class]) > 0 {
			if b.free(class, 0, now).After(now) {
				return
			}
			b.spend(now)
			close(b.waiting[class][0].come)
			b.waiting[class] = b.waiting[class][1:]
		}
	}
}

// wind sets the alarm for the next turn.
func (b *budget) wind(now time.Time) {
	if b.alarm != nil {
		b.alarm.Stop()
		b.alarm = nil
	}
	for class := range Class(classes) {
		if len(b.waiting[class]) > 0 {
			b.alarm = time.AfterFunc(b.free(class, 0, now).Sub(now), b.ring)
			return
		}
	}
}

func (b *budget) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.serve(now)
	b.wind(now)
}

// giveUp leaves the queue, unless the turn has come at the last moment.
func (b *budget) giveUp(ctx context.Context, class Class, mine *turn) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.serve(now)
	defer b.wind(now)
	place := slices.Index(b.waiting[class], mine)
	if place < 0 {
		return nil
	}
	b.waiting[class] = slices.Delete(b.waiting[class], place, place+1)
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return err
	}
	return refusalBudget(b.free(class, b.ahead(class), now).Sub(now))
}

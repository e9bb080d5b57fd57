package simulation

import (
	"context"
	"time"
)

// outages are the moments in which the database is away for everybody.
type outages struct {
	*chance
	*weather
	often float64
}

// Private

// outage is one of them.
type outage struct {
	begin, end time.Time
	lost       float64 // how many of the calls fail
}

// at is the outage of a moment, if there is one: a restart, in which every call fails,
// or a failover, in which many do.
func (o outages) at(now time.Time) (out outage, away bool) {
	const slot = 4 * time.Minute
	begin := now.Truncate(slot)
	object := "outage " + begin.String()
	if o.of(object) >= o.often || !o.stormy(now) {
		return outage{}, false
	}
	out.begin = begin.Add(o.between(object+" begin", 0, 3*time.Minute))
	out.end, out.lost = out.begin.Add(o.between(object+" length", time.Second, 30*time.Second)), 1
	if o.of(object+" failover") < .4 {
		out.end, out.lost = out.begin.Add(o.between(object+" length", time.Second, 5*time.Second)), .5
	}
	return out, !now.Before(out.begin) && now.Before(out.end)
}

// reach makes a call of the database, unless that is away: then it fails, at once or
// when nobody has answered for a while, and what it was to write is kept or not.
func (r rows) reach(ctx context.Context, object string, effect func(ctx context.Context) error) error {
	out, away := r.outages.at(time.Now())
	if !away || r.next("away "+object) >= out.lost {
		return effect(ctx)
	}
	number := r.next("lost " + object)
	if number < .3 {
		r.tell(Unheard, "")
		_ = effect(ctx)
	} else {
		r.tell(Away, "")
	}
	if number > .8 {
		wait(ctx, r.between(object+out.begin.String(), 0, 5*time.Second))
	}
	if number < .4 {
		return errUnheard
	}
	return errAway
}

// there waits until the database is.
func (o outages) there() {
	if out, away := o.at(time.Now()); away {
		time.Sleep(time.Until(out.end))
	}
}

func wait(ctx context.Context, span time.Duration) {
	timer := time.NewTimer(span)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

package simulation

import (
	"time"

	"github.com/dictumal/dictumal"
)

// slack is how long after its deadline a state may last.
const slack = time.Minute

// Private

// watch wants the page's status to end in its time.
func (l *Ledger) watch(now time.Time, p *page) {
	status, since, limit, begun := p.status, p.since, time.Duration(0), now
	switch status {
	case dictumal.Provisioning:
		limit, begun = l.bounds.Provision, p.createdAt
	case dictumal.Configuring:
		limit = l.bounds.Configure
	case dictumal.Destroying:
		limit = l.bounds.Destroy
	case dictumal.Errored:
		limit = l.bounds.ErrorKeep + l.bounds.Destroy
	case dictumal.Active, dictumal.Destroyed:
		return
	}
	var look func(now time.Time)
	look = func(now time.Time) {
		if p.status != status || !p.since.Equal(since) || status == dictumal.Errored && !p.goneAt.IsZero() {
			return
		}
		if left := l.deadline(now, begun, limit, status == dictumal.Destroying); left > 0 {
			l.agenda.at(now.Add(left), look)
			return
		}
		l.broke(now, p, Liveness, "is %s since %s", status, since.Format(clockTime))
	}
	l.agenda.at(begun.Add(limit+slack+1), look)
}

// expire wants a deployment to end with its lifetime.
func (l *Ledger) expire(at time.Time, p *page) {
	var look func(now time.Time)
	look = func(now time.Time) {
		if p.status != dictumal.Provisioning && p.status != dictumal.Configuring && p.status != dictumal.Active {
			return
		}
		if left := l.deadline(now, at, 0, false); left > 0 {
			l.agenda.at(now.Add(left), look)
			return
		}
		l.broke(now, p, Liveness, "is %s after its lifetime", p.status)
	}
	l.agenda.at(at.Add(slack+1), look)
}

// deadline is how long is left of a limit and the slack after it. A limit that ran
// out in the storm leaves the slack; one that begins anew leaves all of it.
func (l *Ledger) deadline(now, begun time.Time, limit time.Duration, anew bool) time.Duration {
	calm := l.weather.calmSince(now)
	end := begun.Add(limit)
	if anew {
		end = later(begun, calm).Add(limit)
	}
	return later(end, calm).Add(slack + 1).Sub(now)
}

// left is how long is left of a limit that begins anew when it is calm.
func (l *Ledger) left(now, begun time.Time, limit time.Duration) time.Duration {
	return later(begun, l.weather.calmSince(now)).Add(limit + 1).Sub(now)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

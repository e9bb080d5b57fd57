package simulation

import "time"

// Claimed takes in that a worker has got the right to work on a row, for a while.
func (l *Ledger) Claimed(now time.Time, id, holder string, until time.Time) {
	p := l.pages[id]
	if p == nil {
		return
	}
	if c := p.claim; c.by(now) && c.holder != holder {
		l.broke(now, p, Alone, "is claimed by %s while it is %s's until %s", holder, c.holder, c.until.Format(clockTime))
	}
	p.claim = claim{holder, until}
}

// Renewed takes in that a worker has got that right for longer.
func (l *Ledger) Renewed(now time.Time, id, holder string, until time.Time) {
	if p := l.pages[id]; p != nil {
		l.wrote(now, p, holder)
		p.claim = claim{holder, until}
	}
}

// Wrote takes in that a worker has written a row, and whether it goes on with it.
func (l *Ledger) Wrote(now time.Time, id, holder string, goesOn bool) {
	if p := l.pages[id]; p != nil {
		l.wrote(now, p, holder)
		if !goesOn {
			p.claim = claim{}
		}
	}
}

// Asked takes in that a worker begins to ask the cloud for a row, which must be over
// before anybody else may.
func (l *Ledger) Asked(now time.Time, id, holder string) {
	p := l.pages[id]
	if p == nil {
		return
	}
	if c := p.claim; c.holder != holder || c.until.Sub(now) < callTime {
		l.broke(now, p, Alone, "has the cloud asked by %s; it is %s's until %s", holder, c.holder, c.until.Format(clockTime))
	}
}

// Held takes in that a replica has got the right to sweep, for a while.
func (l *Ledger) Held(now time.Time, holder string, until time.Time) {
	if c := l.sweep; c.by(now) && c.holder != holder {
		l.broke(now, nil, OneSweep, "%s is to sweep while %s is until %s", holder, c.holder, c.until.Format(clockTime))
	}
	l.sweep = claim{holder, until}
}

// Sweeps takes in that a call of a sweep begins. A sweep that nobody has arranged with
// others is nobody else's concern.
func (l *Ledger) Sweeps(now time.Time, holder string) {
	c := l.sweep
	if c.holder != "" && (c.holder != holder || c.until.Sub(now) < callTime) {
		l.broke(now, nil, OneSweep, "%s sweeps; it is %s's turn until %s", holder, c.holder, c.until.Format(clockTime))
	}
}

// Released takes in that nobody has any such right any more.
func (l *Ledger) Released() {
	l.sweep = claim{}
	for _, p := range l.order {
		p.claim = claim{}
	}
}

// Private

// claim is a right that ends.
type claim struct {
	holder string
	until  time.Time
}

func (c claim) by(now time.Time) bool { return now.Before(c.until) }

func (l *Ledger) wrote(now time.Time, p *page, holder string) {
	if c := p.claim; c.holder != holder {
		l.broke(now, p, Alone, "is written by %s; it is %s's until %s", holder, c.holder, c.until.Format(clockTime))
	}
}

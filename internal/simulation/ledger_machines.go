package simulation

import (
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// Birth is how a machine came to be.
type Birth struct {
	ID, Name   string
	Deployment string
	Again      bool // the cloud carried an order out more than once
	Late       bool // it came, or shows, later than the grace after the order
	Shows      time.Time
}

// Made takes in a new machine.
func (l *Ledger) Made(now time.Time, b Birth) {
	p := l.pages[b.Deployment]
	if p == nil {
		p = &page{id: b.Deployment, createdAt: now}
	}
	m := &entry{id: b.ID, name: b.Name, page: p, madeAt: now, shows: later(now, b.Shows), again: b.Again, late: b.Late}
	p.write(now, "cloud: made %s again %v late %v", m.id, m.again, m.late)
	for _, other := range p.alive {
		if !m.again && !m.late && !other.late {
			l.broke(now, p, NoDouble, "has %s and gets %s", other.id, m.id)
			break
		}
	}
	l.machines[m.id] = m
	p.alive = append(p.alive, m)
	l.reown(now, m)
	if !m.unowned.IsZero() && !m.late && !m.again {
		l.broke(now, p, NoOrphan, "gets %s, of which no row says that it was ordered", m.id)
	}
}

// Gone takes in that a machine is no more, whoever removed it.
func (l *Ledger) Gone(now time.Time, id string) {
	m := l.machines[id]
	if m == nil {
		return
	}
	p := m.page
	p.write(now, "cloud: %s is gone", id)
	delete(l.machines, id)
	p.alive = slices.DeleteFunc(p.alive, func(other *entry) bool { return other == m })
	p.ran += l.ran(now, m)
	l.bill(now, p)
	if p.machine == id && (p.status == dictumal.Configuring || p.status == dictumal.Active) {
		l.miss(now, p, id)
	}
}

// Power takes in that a machine was switched.
func (l *Ledger) Power(now time.Time, id string, on bool) {
	if m := l.machines[id]; m != nil {
		m.off = !on
		m.page.write(now, "cloud: %s on %v", id, on)
	}
}

// Swept takes in that the sweeper has a machine removed.
func (l *Ledger) Swept(now time.Time, id string) {
	m := l.machines[id]
	if m == nil {
		return
	}
	m.page.write(now, "sweeper: removes %s", id)
	if l.owned(m) {
		l.broke(now, m.page, NoFalseKill, "loses %s to the sweeper", id)
	}
}

// Private

// owned tells whether a row owns the machine.
func (l *Ledger) owned(m *entry) bool {
	p := m.page
	return p.status != "" && p.status != dictumal.Destroyed && p.goneAt.IsZero() &&
		p.name == m.name && (p.machine == "" || p.machine == m.id)
}

// reown sees whether the machine has an owner, and how long it is without one.
func (l *Ledger) reown(now time.Time, m *entry) {
	owned := l.owned(m)
	switch spare := !owned || m.again && m.page.machine == ""; {
	case !spare:
		m.excused += l.excused(now, m)
		m.spare = time.Time{}
	case m.spare.IsZero() && owned:
		m.spare = now
	case m.spare.IsZero():
		m.spare = later(now, m.shows) // nobody removes what nobody sees
	}
	switch {
	case owned:
		m.unowned = time.Time{}
	case m.unowned.IsZero():
		m.unowned = later(now, m.shows)
		l.agenda.at(m.unowned.Add(l.bounds.Orphan+1), func(now time.Time) { l.orphan(now, m) })
	}
}

// orphan wants a machine without an owner to be gone. In a storm nobody can say
// when; once it is calm there is so much time again.
func (l *Ledger) orphan(now time.Time, m *entry) {
	if l.machines[m.id] != m || m.unowned.IsZero() {
		return
	}
	if left := l.left(now, m.unowned, l.bounds.Orphan); left > 0 {
		l.agenda.at(now.Add(left), func(now time.Time) { l.orphan(now, m) })
		return
	}
	l.broke(now, m.page, NoOrphan, "has %s, which nobody has owned since %s", m.id, m.unowned.Format(clockTime))
}

// bill wants machines to run no longer than the row says that one did.
func (l *Ledger) bill(now time.Time, p *page) {
	ran := p.ran
	for _, m := range p.alive {
		ran += l.ran(now, m)
	}
	end := now
	for _, over := range []time.Time{p.goneAt, p.endedAt} {
		if !over.IsZero() && over.Before(end) {
			end = over
		}
	}
	if more := ran - end.Sub(p.createdAt); more > l.bounds.Overspend {
		l.broke(now, p, Bill, "has cost %s more than its row says", more)
	}
}

// ran is how long the machine has run on its row's account. What a cloud hides for
// longer than the grace cannot be removed before it shows, and how soon one that is
// too many is removed while whoever removes it is killed every few seconds nobody can
// say: that time is not counted, and [NoOrphan] and [Liveness] bound it when it is calm.
func (l *Ledger) ran(now time.Time, m *entry) time.Duration {
	begun := m.madeAt
	if m.late {
		begun = m.shows
	}
	return max(0, now.Sub(begun)) - m.excused - l.excused(now, m)
}

func (l *Ledger) excused(now time.Time, m *entry) time.Duration {
	if m.spare.IsZero() {
		return 0
	}
	return l.weather.stormed(m.spare, now)
}

// miss wants a row to notice that its machine is no more.
func (l *Ledger) miss(since time.Time, p *page, id string) {
	var look func(now time.Time)
	look = func(now time.Time) {
		if p.machine != id || (p.status != dictumal.Configuring && p.status != dictumal.Active) {
			return
		}
		if left := l.left(now, since, l.bounds.Gone); left > 0 {
			l.agenda.at(now.Add(left), look)
			return
		}
		l.broke(now, p, NoLoss, "is %s with %s, which is no more", p.status, id)
	}
	l.agenda.at(since.Add(l.bounds.Gone+1), look)
}

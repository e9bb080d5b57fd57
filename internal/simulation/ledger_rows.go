package simulation

import (
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Ordered takes in a new deployment.
func (l *Ledger) Ordered(now time.Time, row store.Row) {
	p := &page{
		id: row.ID, owner: row.Owner, generation: row.Generation, createdAt: row.CreatedAt, expiresAt: row.ExpiresAt,
		status: row.Status, since: now, percent: row.Progress.Stage.Percent(),
	}
	l.pages[p.id] = p
	l.order = append(l.order, p)
	p.write(now, "row: ordered")
	l.hold(p, 1)
	if own := l.holding[p.owner]; own > l.bounds.PerUser || l.held > l.bounds.Total {
		l.broke(now, p, Bill, "is beyond the caps: %d of its owner and %d of all may have a machine", own, l.held)
	}
	l.watch(now, p)
	if !p.expiresAt.IsZero() {
		l.agenda.at(p.expiresAt, func(now time.Time) { l.expire(now, p) })
	}
}

// Ended takes in that somebody wants a deployment removed.
func (l *Ledger) Ended(now time.Time, id string) {
	p := l.pages[id]
	if p == nil || p.status == dictumal.Destroying || p.status == dictumal.Destroyed {
		return
	}
	p.generation++
	l.change(now, p, func() { l.move(now, p, dictumal.Destroying) })
}

// Saved takes in what a worker wrote. The status and the stage are kept only where
// nobody has asked for anything else meanwhile.
func (l *Ledger) Saved(now time.Time, row store.Row, entries []store.Entry) {
	p := l.pages[row.ID]
	if p == nil {
		return
	}
	l.change(now, p, func() {
		if p.name != row.MachineName || p.machine != row.MachineID || !p.goneAt.Equal(row.MachineGoneAt) {
			p.write(now, "row: machine %s %s gone %v", l.alias(p, row.MachineName), row.MachineID, !row.MachineGoneAt.IsZero())
		}
		l.renamed(now, p, row)
		l.names[row.MachineName] = p.id
		p.sentAt = row.CreateSentAt
		p.name, p.machine, p.goneAt = row.MachineName, row.MachineID, row.MachineGoneAt
		if row.Generation == p.generation {
			l.derived(now, p, row, entries)
		}
	})
	if len(p.alive) > 0 && (p.status == dictumal.Destroyed || !p.goneAt.IsZero()) {
		l.falseEnd(now, p)
	}
}

// Private

// change does what changes a page, and sees what follows from it for its owner's
// count and its machines.
func (l *Ledger) change(now time.Time, p *page, do func()) {
	l.hold(p, -1)
	do()
	l.hold(p, 1)
	for _, m := range p.alive {
		l.reown(now, m)
	}
}

// hold counts the page if it may have a machine.
func (l *Ledger) hold(p *page, count int) {
	switch p.status {
	case dictumal.Destroyed:
		return
	case dictumal.Errored, dictumal.Destroying:
		if p.name == "" || !p.goneAt.IsZero() {
			return
		}
	case dictumal.Provisioning, dictumal.Configuring, dictumal.Active:
	}
	l.holding[p.owner] += count
	l.held += count
}

// derived takes in the status that a worker derived.
func (l *Ledger) derived(now time.Time, p *page, row store.Row, entries []store.Entry) {
	told := 0
	for _, e := range entries {
		if e.Kind == dictumal.EventStatus {
			told++
			if e.Status != row.Status {
				l.broke(now, p, History, "tells of %s and is %s", e.Status, row.Status)
			}
		}
	}
	moved := row.Status != p.status
	if moved != (told == 1) || told > 1 {
		l.broke(now, p, History, "goes from %s to %s and tells of it %d times", p.status, row.Status, told)
	}
	if percent := row.Progress.Stage.Percent(); percent < p.percent {
		l.broke(now, p, History, "goes back from %d%% to %d%%", p.percent, percent)
	} else {
		p.percent = percent
	}
	if !moved {
		return
	}
	l.move(now, p, row.Status)
	if row.Status == dictumal.Errored {
		l.explained(now, p, row)
	}
}

func (l *Ledger) move(now time.Time, p *page, next dictumal.Status) {
	p.write(now, "row: %s", next)
	if !p.status.CanBecome(next) {
		l.broke(now, p, History, "goes from %s to %s", p.status, next)
	}
	p.status, p.since = next, now
	if next == dictumal.Destroyed {
		p.endedAt = now
	}
	l.watch(now, p)
}

// renamed wants no row to let go of a machine that is there.
func (l *Ledger) renamed(now time.Time, p *page, row store.Row) {
	if p.name == row.MachineName {
		return
	}
	for _, m := range p.alive {
		if m.name == p.name && !m.late {
			l.broke(now, p, NoLoss, "lets go of %s, which is there", m.id)
		}
	}
}

// falseEnd wants the machine of a row that says so to be gone.
func (l *Ledger) falseEnd(now time.Time, p *page) {
	for _, m := range p.alive {
		if !m.late {
			l.broke(now, p, NoFalseEnd, "is %s without a machine and has %s", p.status, m.id)
			return
		}
	}
}

// explained wants a failure to say what happened, and to be right.
func (l *Ledger) explained(now time.Time, p *page, row store.Row) {
	f := row.Failure
	if f == nil || f.Reason == "" || f.Cause == "" || f.NextStep == "" {
		l.broke(now, p, Explained, "is in ERROR without a full reason: %+v", f)
		return
	}
	p.write(now, "row: %s", f.Reason)
	if lie := l.lie(now, p, row); lie != "" {
		l.broke(now, p, Explained, "says %s, and %s", f.Reason, lie)
	}
}

// lie is what is not true of a failure's reason.
func (l *Ledger) lie(now time.Time, p *page, row store.Row) string {
	switch row.Failure.Reason { //nolint:exhaustive // the others are not for the ledger to judge
	case dictumal.ReasonMachineVanished:
		for _, m := range p.alive {
			if !m.late && m.name == p.name {
				return m.id + " is there"
			}
		}
	case dictumal.ReasonHostKeyChanged:
		return "no machine has changed its key"
	case dictumal.ReasonMachineOff:
		if m := l.machines[p.machine]; m != nil && !m.off {
			return m.id + " is on"
		}
	case dictumal.ReasonProvisioningTimeout:
		if took := now.Sub(p.createdAt); took < l.bounds.Provision {
			return "it had " + took.String()
		}
	case dictumal.ReasonConfiguringTimeout:
		if took := now.Sub(row.ConfiguringAt); took < l.bounds.Configure {
			return "it had " + took.String()
		}
	}
	return ""
}

// alias is the machine's name as it is the same in every run.
func (l *Ledger) alias(p *page, name string) string {
	switch name {
	case "":
		return "none"
	case p.name:
		return "the same"
	default:
		return "another"
	}
}

package main

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal/internal/client"
)

type auditCommand struct {
	Machines auditMachinesCommand `cmd:"" help:"Compare what the provider lists with the desktops: whose each machine is, what it costs, and what becomes of one that nobody owns."`
	Log      auditLogCommand      `cmd:"" help:"Show who did what to what, from where, and what came of it."`
	Export   auditExportCommand   `cmd:"" help:"Write the whole audit log as JSON lines."`
	Verify   auditVerifyCommand   `cmd:"" help:"Check that no line of the audit log was changed or removed."`
}

type auditMachinesCommand struct {
	Strict bool `help:"Exit with 3 where a machine belongs to nobody, and with 4 where that cannot be known."`
}

// audit is what audit has to tell.
type audit struct {
	client.Fleet
	Health client.Health `json:"health"`
}

// Run shows the machines, whose they are and what they cost.
func (c auditMachinesCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	var told audit
	if told.Fleet, err = server.Machines(w.ctx); err != nil {
		return err
	}
	if told.Health, err = server.Health(w.ctx); err != nil {
		return err
	}
	if err := w.answer(told, func() { w.sayFleet(told) }); err != nil || !c.Strict {
		return err
	}
	switch {
	case told.Totals.Unowned > 0:
		return finding(exitUnowned)
	case !told.whole():
		return finding(exitUnknown)
	}
	return nil
}

// Private

// whole tells whether everything that the provider lists was seen.
func (a audit) whole() bool { return a.Failure == nil && a.All != nil }

func (w *world) sayFleet(a audit) {
	if len(a.Machines) > 0 {
		table := newColumns("MACHINE", "ID", "POWER", "ADDRESS", "SIZE", "MADE", "COST", "DESKTOP", "OWNER", "STATE")
		for _, m := range a.Machines {
			desktop, owner := "-", "-"
			if m.Deployment != nil {
				desktop, owner = m.Deployment.Title, dash(&m.Deployment.Owner)
			}
			table.row(dash(m.Name), dash(m.ID), dash(m.Power), dash(m.IP),
				dash(m.Size), moment(m.CreatedAt), usd(m.Cost), desktop, owner, fate(m))
		}
		w.say("%s\n", table)
	}
	w.say("%s", sum(a.Totals))
	w.saySpend("You have", &a.Spend)
	w.saySpend("The installation has", a.All)
	if f := a.Health.Failure; f != nil {
		w.say("%s %s", f.Cause, f.NextStep)
	}
	w.say("%s", a.conclusion())
}

func (w *world) saySpend(whose string, s *client.Spend) {
	if s != nil && s.Cap != nil {
		w.say("%s spent $%.2f of $%.2f this month; what is there may cost $%.2f more.", whose, s.Spent, *s.Cap, s.Committed)
	}
}

// conclusion says whether anything belongs to nobody.
func (a audit) conclusion() string {
	switch n := a.Totals.Unowned; {
	case a.Failure != nil && a.Health.Failure != nil:
		return a.Provider + " has not given its list, so these are the machines as last known, and whether one belongs to nobody cannot be told."
	case a.Failure != nil:
		return a.Provider + " has not given its list, so these are the machines as last known, and whether one belongs to nobody cannot be told. " + a.Failure.Cause
	case a.All == nil:
		return "These are your own. An admin sees those of others, and those that belong to nobody."
	case n == 1:
		return "1 machine belongs to nobody."
	case n > 1:
		return fmt.Sprintf("%d machines belong to nobody.", n)
	}
	return fmt.Sprintf("Nothing is unowned: every machine that %s lists belongs to a desktop.", a.Provider)
}

func sum(t client.Totals) string {
	machines := fmt.Sprintf("%d machines", t.Count)
	if t.Count == 1 {
		machines = "1 machine"
	}
	more := ""
	if t.Unpriced > 0 {
		more = fmt.Sprintf(" and more (the price of %d is unknown)", t.Unpriced)
	}
	return fmt.Sprintf("%s, $%.2f so far%s, $%.3f an hour, $%.2f this month.", machines, t.Cost, more, t.PerHour, t.Month)
}

// fate says what a machine is, or what becomes of it.
func fate(m client.Machine) string {
	switch m.Standing {
	case "owned":
		return string(m.Deployment.Status)
	case "being-made":
		return "is being made; not listed yet"
	case "being-removed":
		return "is being removed; not listed any more"
	case "missing":
		return "NOT LISTED" + since(m.Since)
	case "unknown":
		return fmt.Sprintf("%s, as last known", m.Deployment.Status)
	case "unowned":
		return "NOBODY'S" + since(m.Since) + "; " + removal(m)
	}
	return m.Standing
}

func removal(m client.Machine) string {
	switch {
	case m.Kept:
		return "kept until an admin confirms: dictumal sweep --confirm"
	case m.RemovedAt == nil:
		return "the sweeper has not seen it yet"
	}
	return "is removed after " + moment(m.RemovedAt)
}

func since(at *time.Time) string {
	if at == nil {
		return ""
	}
	return " since " + moment(at)
}

func moment(at *time.Time) string {
	if at == nil {
		return "-"
	}
	return at.UTC().Format(time.DateTime + " MST")
}

func usd(amount *float64) string {
	if amount == nil {
		return "unknown"
	}
	return fmt.Sprintf("$%.2f", *amount)
}

func dash(text *string) string {
	if text == nil || *text == "" {
		return "-"
	}
	return *text
}

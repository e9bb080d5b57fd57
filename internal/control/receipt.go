package control

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Verdict says what is known of a machine's end.
type Verdict string

// The verdicts.
const (
	VerdictConfirmed   Verdict = "confirmed"    // the provider does not have it any more
	VerdictUnconfirmed Verdict = "unconfirmed"  // it was given up
	VerdictNothingMade Verdict = "nothing-made" // there never was one
)

// Receipt is what remains of a deployment whose machine is gone.
type Receipt struct {
	Deployment dictumal.Deployment
	Provider   string         // for people
	Ended      dictumal.Event // by which the end began, or by which it failed
	Closed     dictumal.Event // by which it was destroyed; zero where it failed
	Ran        time.Duration  // how long the machine was paid for
	Cost       float64        // USD
	Rule       string         // how the provider charges
	Verdict    Verdict
	Sentence   string // the verdict for people
	Observed   string // by what the machine counts as gone; empty: by nothing
}

// Receipt returns what remains of a deployment whose machine is gone. While there may
// be one it is a conflict.
func (c *Control) Receipt(ctx context.Context, p dictumal.Principal, id string) (Receipt, error) {
	d, _, err := c.see(ctx, p, toRead, id)
	if err != nil {
		return Receipt{}, err
	}
	if err := refuseReceipt(d); err != nil {
		return Receipt{}, err
	}
	story, err := c.Store.Timeline(ctx, id)
	if err != nil {
		return Receipt{}, wrap("read timeline", err)
	}
	return c.receipt(d, story), nil
}

// HasReceipt tells whether there is a receipt of the deployment.
func HasReceipt(d dictumal.Deployment) bool {
	return d.Status == dictumal.Destroyed || d.Status == dictumal.Errored && !d.MachineGoneAt.IsZero()
}

// BillingRule is how the provider charges, for people.
func BillingRule(d dictumal.Deployment) string {
	if d.PricePerHour <= 0 {
		return "Nothing is charged: the machine ran on this host."
	}
	rule := "Charged for the time that it was there"
	for unit, name := range map[time.Duration]string{time.Second: "second", time.Minute: "minute", time.Hour: "hour"} {
		if d.Billing.Unit == unit {
			rule = "Charged by the " + name
		}
	}
	if d.Billing.Minimum > 0 || d.Billing.Least > 0 {
		rule += fmt.Sprintf(", for at least %s and $%.2f", dictumal.Span(d.Billing.Minimum), d.Billing.Least)
	}
	if d.Billing.MonthHours > 0 {
		rule += fmt.Sprintf("; after %.0f hours a calendar month costs no more", d.Billing.MonthHours)
	}
	return rule + "."
}

// Private

func refuseReceipt(d dictumal.Deployment) error {
	switch {
	case HasReceipt(d):
		return nil
	case d.Status == dictumal.Destroying:
		return dictumal.NewError(dictumal.CodeConflict, "There is no receipt yet: the machine is being removed, and may still be there. Ask again when it is destroyed.")
	case d.Status == dictumal.Errored:
		return dictumal.NewError(dictumal.CodeConflict, "There is no receipt yet: the machine of this failed desktop is kept to be looked at. Destroy it, or wait until it is removed.")
	}
	return dictumal.NewError(dictumal.CodeConflict, "There is no receipt yet: the desktop is still there. Destroy it first.")
}

func (c *Control) receipt(d dictumal.Deployment, story []store.Entry) Receipt {
	ended, closed := ending(story)
	r := Receipt{
		Deployment: d, Provider: dictumal.ProviderTitle(d.Provider), Ended: ended, Closed: closed,
		Cost: d.Cost(now()), Rule: BillingRule(d), Verdict: verdict(d),
	}
	if !d.OrderedAt.IsZero() {
		r.Ran = goneAt(d).Sub(d.OrderedAt)
	}
	switch r.Verdict {
	case VerdictNothingMade:
		r.Sentence, r.Ran, r.Cost = "No machine was made; nothing was charged.", 0, 0
	case VerdictUnconfirmed:
		r.Sentence = fmt.Sprintf("Not confirmed: the machine %s may still run at %s and cost money. Look there.", d.MachineName, r.Provider)
	case VerdictConfirmed:
		r.Sentence = r.Provider + " confirms that nothing remains."
		r.Observed = c.observed(d)
	}
	return r
}

// ending finds the events of the end.
func ending(story []store.Entry) (ended, closed dictumal.Event) {
	for _, entry := range story {
		switch {
		case entry.Kind != dictumal.EventStatus:
		case entry.Status == dictumal.Destroyed:
			closed = entry.Event
		case entry.Status == dictumal.Destroying || entry.Status == dictumal.Errored && ended.Status == "":
			ended = entry.Event
		}
	}
	if ended.Status == "" {
		ended = closed
	}
	return ended, closed
}

func verdict(d dictumal.Deployment) Verdict {
	switch {
	case d.OrderedAt.IsZero() || d.MachineName == "":
		return VerdictNothingMade
	case d.MachineGoneAt.IsZero():
		return VerdictUnconfirmed
	}
	return VerdictConfirmed
}

// goneAt is until when the machine was paid for, as far as is known.
func goneAt(d dictumal.Deployment) time.Time {
	if d.MachineGoneAt.IsZero() {
		return d.DestroyedAt
	}
	return d.MachineGoneAt
}

// observed tells by what the machine counts as gone.
func (c *Control) observed(d dictumal.Deployment) string {
	switch {
	case d.Proof.Absences == 0:
		return "" // made before looks were written down, or nothing was left to be looked for
	case d.Proof.Absences == 1 && d.Provider == "incus":
		return "Seen without it once. Incus' list is the truth: one look is enough."
	case d.Proof.Absences == 1:
		return "Seen without it once."
	}
	return fmt.Sprintf("Seen without it %d times within %s, since a list may lag behind.",
		d.Proof.Absences, dictumal.Span(d.MachineGoneAt.Sub(d.Proof.Since).Round(time.Second)))
}

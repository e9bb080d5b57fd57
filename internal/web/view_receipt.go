package web

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Receipt is what remains of a deployment, set like a document.
type Receipt struct {
	ID       string
	Sentence string
	State    State
	Lines    []ReceiptLine
	Cost     string
	Rule     string
}

// ReceiptLine is one line of a receipt, with what there is to say about it.
type ReceiptLine struct {
	Name, Value, Link string
	At                *Moment
	Mono              bool
	Note              string
	NoteMono          bool
}

func newReceipt(r control.Receipt, now time.Time) *Receipt {
	d := r.Deployment
	made := &Receipt{ID: d.ID, Sentence: r.Sentence, State: verdictState(r.Verdict), Cost: receiptCost(r)}
	add := func(line ReceiptLine) {
		if line.Value != "" || line.At != nil {
			made.Lines = append(made.Lines, line)
		}
	}
	add(ReceiptLine{
		Name: "Constitution", Value: fmt.Sprintf("%s, version %d", d.Constitution.Title, d.Constitution.Version),
		Link: fmt.Sprintf("/constitutions/%s?version=%d", d.Constitution.ID, d.Constitution.Version),
		Note: d.Constitution.Hash, NoteMono: true,
	})
	if r.Verdict != control.VerdictNothingMade {
		add(ReceiptLine{Name: "Machine", Value: d.MachineName, Mono: true, Note: idNote(d)})
	}
	add(ReceiptLine{Name: "At", Value: fmt.Sprintf("%s, %s, %s", r.Provider, d.Region, d.Size)})
	add(ReceiptLine{Name: "Ordered", At: newMoment(d.OrderedAt, now)})
	add(ReceiptLine{Name: "Active", At: newMoment(d.ActiveAt, now)})
	add(ReceiptLine{Name: endName(r.Ended.Status), At: newMoment(r.Ended.At, now), Note: headline(r.Ended.Text)})
	if r.Verdict == control.VerdictUnconfirmed {
		add(ReceiptLine{Name: "Given up", At: newMoment(r.Closed.At, now), Note: r.Closed.Text})
	}
	if r.Verdict == control.VerdictConfirmed {
		add(ReceiptLine{Name: "Gone", At: newMoment(d.MachineGoneAt, now), Note: r.Observed})
	}
	ran := ReceiptLine{Name: "Ran", Value: dictumal.Span(r.Ran)}
	if d.PricePerHour > 0 {
		ran.Note = priceWords(d.PricePerHour)
	}
	if r.Verdict != control.VerdictNothingMade {
		add(ran)
		made.Rule = r.Rule
	}
	return made
}

// Private

func verdictState(v control.Verdict) State {
	if v == control.VerdictUnconfirmed {
		return State{"Not confirmed", "▲", "failed"}
	}
	return State{"Confirmed", "○", "gone"}
}

func endName(status dictumal.Status) string {
	if status == dictumal.Errored {
		return "Failed"
	}
	return "Ended"
}

func idNote(d dictumal.Deployment) string {
	if d.MachineID == "" || d.MachineID == d.MachineName {
		return ""
	}
	return "number " + d.MachineID
}

func receiptCost(r control.Receipt) string {
	switch {
	case r.Deployment.PricePerHour <= 0 || r.Verdict == control.VerdictNothingMade:
		return "no charge"
	case r.Verdict == control.VerdictUnconfirmed:
		return "at least " + spent(r.Cost)
	}
	return spent(r.Cost)
}

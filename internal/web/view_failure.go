package web

import (
	"strings"

	"github.com/dictumal/dictumal"
)

// Failure is a failure with the button for its next step.
type Failure struct {
	dictumal.Failure
	// Tail is the last of the boot log, where that belongs to the cause.
	Tail string
	// Edit is true where the document must change before it is worth trying again.
	Edit bool
	// Kept says until when the machine is kept to be looked at; Price what that costs.
	Kept  *Moment
	Price string
}

// Private

func newFailure(d dictumal.Deployment, s Surroundings) *Failure {
	failure := &Failure{Failure: *d.Failure, Edit: needsEdit(d.Failure)}
	failure.Cause, failure.Tail = splitCause(d.Failure.Cause)
	if d.Status == dictumal.Errored && d.MachineID != "" && s.ErrorKeep > 0 && !d.ErrorAt.IsZero() {
		if kept := d.ErrorAt.Add(s.ErrorKeep); kept.After(s.Now) {
			failure.Kept = newMoment(kept, s.Now)
		}
	}
	if d.PricePerHour > 0 {
		failure.Price = priceWords(d.PricePerHour)
	}
	return failure
}

// needsEdit tells whether the document must change before it is worth trying again.
func needsEdit(failure *dictumal.Failure) bool {
	return failure != nil && failure.Reason == dictumal.ReasonPackageUnknown
}

// splitCause parts the sentence of a cause from the lines of a log that follow it.
func splitCause(cause string) (sentence, tail string) {
	sentence, tail, _ = strings.Cut(cause, "\n")
	return sentence, lastLines(tail)
}

// headline is a text without the lines that follow it, nor the words that lead to them.
func headline(text string) string {
	first, _, more := strings.Cut(text, "\n")
	if at := strings.LastIndex(first, ". "); more && at > 0 && strings.HasSuffix(first, ":") {
		return first[:at+1]
	}
	return first
}

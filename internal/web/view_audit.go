package web

import (
	"net/url"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// linesPerPage is how many lines a page holds: what fits in 30 KiB.
const linesPerPage = 30

// AuditPage is who did what to what, newest first.
type AuditPage struct {
	Frame
	Ask     ledger
	Actions []Option
	Results []Option
	Lines   []AuditRow
	Asked   bool // the lines are narrowed
	Export  string
	Newest  string // links; empty where there are no more
	Older   string
}

// Option is a choice of a form.
type Option struct {
	Value, Words string
	On           bool
}

// AuditRow is one line.
type AuditRow struct {
	Number     int64
	Time       string // exact, by UTC
	Machine    string // for datetime=""
	Who, From  string // From is by which way, and from where
	Action     string
	Object     string
	ObjectLink string // to all lines of the same
	State      State
	Detail     string
}

func newAuditPage(frame Frame, ask ledger, wanted control.Deeds, lines []dictumal.Line) AuditPage {
	page := AuditPage{
		Frame: frame, Ask: ask, Asked: len(ask.query()) > 0, Export: ask.export(wanted),
		Actions: choose(ask.Action, "", "Any", "deployment.", "Desktops", "constitution.", "Constitutions", "grant.", "Shared desktops",
			"sign-in.", "Refused sign-ins", "session.", "Sessions", "token.", "Tokens", "user.", "People", "machine", "Machines", "keys.", "Keys", "audit.", "This log"),
		Results: choose(ask.Result, "", "Any", string(dictumal.ResultDone), "Done", string(dictumal.ResultRefused), "Refused", string(dictumal.ResultFailed), "Failed"),
	}
	if len(lines) > linesPerPage {
		lines = lines[:linesPerPage]
		page.Older = ask.link(lines[linesPerPage-1].Number)
	}
	if ask.Before > 0 {
		page.Newest = ask.link(0)
	}
	for _, line := range lines {
		page.Lines = append(page.Lines, newAuditRow(line))
	}
	return page
}

// Private

// choose makes options of pairs of a value and its words. A value that is none of
// them was written into the address by hand, and is offered as it is.
func choose(chosen string, pairs ...string) (options []Option) {
	found := false
	for i := 0; i+1 < len(pairs); i += 2 {
		on := pairs[i] == chosen
		found = found || on
		options = append(options, Option{Value: pairs[i], Words: pairs[i+1], On: on})
	}
	if !found {
		options = append(options, Option{Value: chosen, Words: chosen, On: true})
	}
	return options
}

func newAuditRow(l dictumal.Line) AuditRow {
	row := AuditRow{
		Number: l.Number, Time: l.At.Format(time.DateTime), Machine: l.At.Format(time.RFC3339Nano),
		Who: l.Email, From: viaWords(l.Via), Action: l.Action, Object: l.Object, Detail: l.Detail, State: resultState(l.Result),
	}
	switch {
	case row.Who != "":
	case l.Via == dictumal.ViaProgram:
		row.Who = "Dictumal"
	case l.Actor != "":
		row.Who = l.Actor
	default:
		row.Who = "Somebody"
	}
	if l.From != "" {
		row.From += " · " + l.From
	}
	if l.Object != "" {
		row.ObjectLink = "/audit?" + url.Values{"object": {l.Object}}.Encode()
	}
	return row
}

func viaWords(via dictumal.Via) string {
	switch via {
	case dictumal.ViaSession:
		return "browser"
	case dictumal.ViaToken:
		return "token"
	case dictumal.ViaSocket:
		return "this host"
	case dictumal.ViaProgram:
		return "by itself"
	case dictumal.ViaAnonymous:
		return "not signed in"
	}
	return string(via)
}

func resultState(result dictumal.Result) State {
	switch result {
	case dictumal.ResultDone:
		return State{"Done", "●", "running"}
	case dictumal.ResultRefused:
		return State{"Refused", "○", "working"}
	case dictumal.ResultFailed:
		return State{"Failed", "▲", "failed"}
	}
	return State{string(result), "○", "gone"}
}

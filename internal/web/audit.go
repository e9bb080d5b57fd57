package web

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Private

func (s *Web) audit(w http.ResponseWriter, r *http.Request, p dictumal.Principal) error {
	ask, wanted, err := readLedger(r.URL.Query())
	if err != nil {
		return err
	}
	lines, err := s.Control.Audited(r.Context(), p, wanted, ask.Before, linesPerPage+1)
	if err != nil {
		return err
	}
	s.show(w, r, http.StatusOK, "audit", newAuditPage(s.frame(r, "audit", "Audit log", ""), ask, wanted, lines))
	return nil
}

// ledger is what the audit log is asked for, as somebody has filled the form.
type ledger struct {
	Who, Action, Object, Result, Since, Until string
	Before                                    int64
}

// readLedger reads a filled form. Days are whole ones, by UTC, as the times in the list.
func readLedger(form url.Values) (ledger, control.Deeds, error) {
	ask := ledger{
		Who: form.Get("who"), Action: form.Get("action"), Object: form.Get("object"), Result: form.Get("result"),
		Since: form.Get("since"), Until: form.Get("until"),
	}
	if before, err := strconv.ParseInt(form.Get("before"), 10, 64); err == nil {
		ask.Before = max(before, 0)
	}
	wanted := control.Deeds{Who: ask.Who, Action: ask.Action, Object: ask.Object, Result: dictumal.Result(ask.Result)}
	var err error
	if wanted.Since, err = day(ask.Since); err != nil {
		return ask, wanted, err
	}
	if wanted.Until, err = day(ask.Until); err == nil && ask.Until != "" {
		wanted.Until = wanted.Until.AddDate(0, 0, 1)
	}
	return ask, wanted, err
}

func day(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, dictumal.NewError(dictumal.CodeInvalid, strconv.Quote(text)+" is not a day; write it as 2026-11-20.")
	}
	return at, nil
}

// query is the form as a link holds it.
func (l ledger) query() url.Values {
	values := url.Values{}
	for name, value := range map[string]string{
		"who": l.Who, "action": l.Action, "object": l.Object, "result": l.Result, "since": l.Since, "until": l.Until,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// link leads to a page of the same lines.
func (l ledger) link(before int64) string {
	values := l.query()
	if before > 0 {
		values.Set("before", strconv.FormatInt(before, 10))
	}
	return address("/audit", values)
}

// export leads to all of the same lines, in the form that the interface for programs takes.
func (l ledger) export(wanted control.Deeds) string {
	values := l.query()
	for name, at := range map[string]time.Time{"since": wanted.Since, "until": wanted.Until} {
		if !at.IsZero() {
			values.Set(name, at.Format(time.RFC3339))
		}
	}
	return address("/api/audit/export", values)
}

func address(path string, values url.Values) string {
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

package main

import (
	"slices"
	"time"

	"github.com/dictumal/dictumal/internal/client"
)

// auditFilter narrows the audit log.
type auditFilter struct {
	Since  time.Duration `help:"Only what was done since so long ago, such as 24h."`
	Who    string        `help:"Only what was done by one user: an id, or a part of an e-mail address."`
	Action string        `help:"Only actions that begin so, such as deployment. or token.create."`
	Object string        `help:"Only what was done to one thing: its id."`
	Result string        `help:"Only what was done, refused or failed." enum:"done,refused,failed," default:""`
}

type auditLogCommand struct {
	auditFilter
	Limit int `help:"At most so many lines, to 200." default:"50"`
}

type auditExportCommand struct {
	auditFilter
}

// Run shows the newest lines of the audit log, the oldest of them first, as logs are read.
func (c auditLogCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	query := c.query()
	query.Limit = c.Limit
	lines, err := server.Audit(w.ctx, query)
	if err != nil {
		return err
	}
	return w.answer(lines, func() { w.sayAudit(lines) })
}

// Run writes the audit log as JSON lines.
func (c auditExportCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	return server.ExportAudit(w.ctx, c.query(), w.stdout)
}

// Private

func (f auditFilter) query() client.AuditQuery {
	query := client.AuditQuery{Who: f.Who, Action: f.Action, Object: f.Object, Result: f.Result}
	if f.Since > 0 {
		query.Since = time.Now().Add(-f.Since)
	}
	return query
}

func (w *world) sayAudit(lines []client.AuditLine) {
	if len(lines) == 0 {
		w.say("There is no such line in the audit log.")
		return
	}
	table := newColumns("LINE", "TIME", "WHO", "VIA", "FROM", "ACTION", "OBJECT", "RESULT", "DETAIL")
	for _, l := range slices.Backward(lines) {
		table.row(l.Number, moment(&l.At), dash(l.Email), l.Via,
			dash(l.From), l.Action, dash(l.Object), l.Result, dash(l.Detail))
	}
	w.say("%s", table)
}

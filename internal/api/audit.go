package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// AuditQuery says which lines of the audit log are wanted.
type AuditQuery struct {
	Who    string          `query:"who" doc:"The id of a user, or a part of an e-mail address"`
	Action string          `query:"action" doc:"What the action begins with, such as deployment."`
	Object string          `query:"object" doc:"Id of what it was done to"`
	Result dictumal.Result `query:"result" enum:"done,refused,failed"`
	Since  time.Time       `query:"since"`
	Until  time.Time       `query:"until" doc:"Before it"`
}

// AuditInput names a part of the audit log.
type AuditInput struct {
	AuditQuery
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Before int64 `query:"before" minimum:"0" doc:"The number of the last line of the page before"`
}

// AuditOutput answers with lines.
type AuditOutput struct {
	Link string `header:"Link"`
	Body []AuditLine
}

// AuditLine is a line of the audit log.
type AuditLine struct {
	Number int64           `json:"number"`
	At     time.Time       `json:"at"`
	Actor  *string         `json:"actor" doc:"Id of a user; null: nobody who is known, or this program"`
	Email  *string         `json:"email"`
	Via    dictumal.Via    `json:"via" enum:"session,token,socket,program,anonymous"`
	From   *string         `json:"from" doc:"Address; null: from this program, or not known"`
	Action string          `json:"action"`
	Object *string         `json:"object" doc:"Id of what it was done to"`
	Result dictumal.Result `json:"result" enum:"done,refused,failed"`
	Detail *string         `json:"detail"`
	Chain  string          `json:"chain" doc:"Hash of this line and of all before it"`
}

// Private

func (a *API) audit(described huma.API) {
	list := operation(http.MethodGet, "/api/audit", "list-audit",
		"List what was done and what was refused, newest first, for administrators", http.StatusOK, 403)
	huma.Register(described, list, a.auditLines)
	export := operation(http.MethodGet, "/api/audit/export", "export-audit",
		"Send the whole audit log as JSON lines, oldest first, for administrators", http.StatusOK, 403)
	export.Responses = map[string]*huma.Response{"200": {
		Description: "OK", Content: map[string]*huma.MediaType{jsonLines: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(described, export, a.exportAudit)
}

const jsonLines = "application/x-ndjson"

func (a *API) auditLines(ctx context.Context, in *AuditInput) (*AuditOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	lines, err := a.Control.Audited(ctx, p, control.Deeds(in.AuditQuery), in.Before, in.Limit+1)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	out := &AuditOutput{Body: make([]AuditLine, 0, len(lines))}
	if len(lines) > in.Limit {
		lines = lines[:in.Limit]
		out.Link = "</api/audit?" + in.next(lines[in.Limit-1].Number) + `>; rel="next"`
	}
	for _, line := range lines {
		out.Body = append(out.Body, shapeLine(line))
	}
	return out, nil
}

// exportAudit sends lines as they are read. An error on the way breaks the answer off:
// whoever reads must not take a part for the whole.
func (a *API) exportAudit(ctx context.Context, in *AuditQuery) (*huma.StreamResponse, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	lines, err := a.Control.ExportAudit(ctx, p, control.Deeds(*in))
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &huma.StreamResponse{Body: func(to huma.Context) {
		_, w := humago.Unwrap(to)
		w.Header().Set("Content-Type", jsonLines)
		w.Header().Set("Content-Disposition", `attachment; filename="dictumal-audit-`+time.Now().UTC().Format("20060102T150405Z")+`.jsonl"`)
		w.Header().Set("Cache-Control", "no-store")
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		for line, err := range lines {
			if err == nil {
				err = encoder.Encode(shapeLine(line))
			}
			if err != nil {
				a.Log.WarnContext(ctx, "An export of the audit log was broken off.", "error", err)
				panic(http.ErrAbortHandler)
			}
		}
	}}, nil
}

// next is the query of the page after this one.
func (in *AuditInput) next(before int64) string {
	query := url.Values{"limit": {strconv.Itoa(in.Limit)}, "before": {strconv.FormatInt(before, 10)}}
	for name, value := range map[string]string{"who": in.Who, "action": in.Action, "object": in.Object, "result": string(in.Result)} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for name, at := range map[string]time.Time{"since": in.Since, "until": in.Until} {
		if !at.IsZero() {
			query.Set(name, at.UTC().Format(time.RFC3339Nano))
		}
	}
	return query.Encode()
}

func shapeLine(l dictumal.Line) AuditLine {
	return AuditLine{
		Number: l.Number, At: l.At, Actor: present(l.Actor), Email: present(l.Email), Via: l.Via, From: present(l.From),
		Action: l.Action, Object: present(l.Object), Result: l.Result, Detail: present(l.Detail), Chain: l.Chain,
	}
}

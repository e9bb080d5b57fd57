package client

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/dictumal/dictumal"
)

// AuditQuery says which lines of the audit log are wanted; what is empty does not
// narrow them.
type AuditQuery struct {
	Who, Action, Object, Result string
	Since                       time.Time
	Limit                       int
}

// AuditLine is a line of the audit log.
type AuditLine struct {
	Number int64           `json:"number"`
	At     time.Time       `json:"at"`
	Actor  *string         `json:"actor"`
	Email  *string         `json:"email"`
	Via    dictumal.Via    `json:"via"`
	From   *string         `json:"from"`
	Action string          `json:"action"`
	Object *string         `json:"object"`
	Result dictumal.Result `json:"result"`
	Detail *string         `json:"detail"`
	Chain  string          `json:"chain"`
}

// Follows is the chain that the line must have after one with another.
func (l AuditLine) Follows(before string) string {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	deed := dictumal.Deed{
		Number: l.Number, At: l.At, Actor: text(l.Actor), Email: text(l.Email), Via: l.Via, From: text(l.From),
		Action: l.Action, Object: text(l.Object), Result: l.Result, Detail: text(l.Detail),
	}
	return deed.Chain(before)
}

// Audit returns lines of the audit log, the newest first.
func (c *Client) Audit(ctx context.Context, query AuditQuery) (lines []AuditLine, err error) {
	err = c.call(ctx, http.MethodGet, "/api/audit?"+query.encode(), nil, &lines)
	return lines, err
}

// ExportAudit writes the audit log as JSON lines, the oldest first, for as long as
// that takes.
func (c *Client) ExportAudit(ctx context.Context, query AuditQuery, to io.Writer) error {
	response, err := c.send(ctx, http.MethodGet, "/api/audit/export?"+query.encode(), nil)
	if err != nil {
		return err
	}
	defer drain(response)
	if _, err := io.Copy(to, response.Body); err != nil {
		return fmt.Errorf("read the audit log of %s, of which only a part has come: %w", c.where, err)
	}
	return nil
}

// ReadAudit reads lines that were exported.
func ReadAudit(from io.Reader, each func(AuditLine) error) error {
	decoder := json.NewDecoder(bufio.NewReader(from))
	for {
		var line AuditLine
		switch err := decoder.Decode(&line); {
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read a line of the audit log: %w", err)
		}
		if err := each(line); err != nil {
			return err
		}
	}
}

// Private

func (q AuditQuery) encode() string {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("who", q.Who)
	set("action", q.Action)
	set("object", q.Object)
	set("result", q.Result)
	if !q.Since.IsZero() {
		set("since", q.Since.UTC().Format(time.RFC3339Nano))
	}
	if q.Limit > 0 {
		set("limit", strconv.Itoa(q.Limit))
	}
	return values.Encode()
}

package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
)

func TestTheAuditLogIsListedInPages(t *testing.T) {
	o := open(t)
	o.deeds(5)
	path, numbers := "/api/audit?limit=2&action=deployment.&since=2026-11-20T00:00:00Z", ""
	for path != "" {
		got := o.admin().ask("GET", path, "")
		var lines []api.AuditLine
		if err := json.Unmarshal([]byte(got.body), &lines); err != nil || got.status != http.StatusOK {
			t.Fatalf("%d %s: %v", got.status, got.body, err)
		}
		for _, line := range lines {
			numbers += string(rune('0' + line.Number))
			if line.Object == nil || *line.Object != "D1" || line.Actor != nil || line.Chain == "" {
				t.Errorf("a line is %+v", line)
			}
		}
		link, ok := strings.CutSuffix(got.header.Get("Link"), `>; rel="next"`)
		if path = strings.TrimPrefix(link, "<"); ok && !strings.Contains(path, "action=deployment.&") {
			t.Errorf("the link to the next page is %s", path)
		}
	}
	if numbers != "54321" {
		t.Errorf("the lines are %s", numbers)
	}
}

func TestTheAuditLogIsExportedAsJSONLines(t *testing.T) {
	o := open(t)
	o.deeds(700) // more than are read at once
	got := o.admin().ask("GET", "/api/audit/export", "")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/x-ndjson" || got.header.Get("Cache-Control") != "no-store" ||
		!strings.HasPrefix(got.header.Get("Content-Disposition"), `attachment; filename="dictumal-audit-`) {
		t.Errorf("it answers %d %v", got.status, got.header)
	}
	decoder, chain := json.NewDecoder(strings.NewReader(got.body)), ""
	for n := int64(1); n <= 700; n++ {
		var line api.AuditLine
		if err := decoder.Decode(&line); err != nil || line.Number != n {
			t.Fatalf("line %d is %+v, %v", n, line, err)
		}
		deed := dictumal.Deed{Number: n, At: line.At, Via: line.Via, Action: line.Action, Object: *line.Object, Result: line.Result}
		if chain = deed.Chain(chain); line.Chain != chain {
			t.Fatalf("the chain of line %d cannot be worked out from what was exported", n)
		}
	}
	if n := strings.Count(got.body, "\n"); n != 700 {
		t.Errorf("%d lines were exported", n)
	}
}

func TestNobodyButAdministratorsIsShownTheAuditLog(t *testing.T) {
	o := open(t)
	for _, path := range []string{"/api/audit", "/api/audit/export"} {
		if got := o.user("ada@example.org").ask("GET", path, ""); got.status != http.StatusForbidden || !strings.Contains(got.body, "administrators") {
			t.Errorf("%s answers ada %d %s", path, got.status, got.body)
		}
		if got := (client{office: o}).ask("GET", path, ""); got.status != http.StatusUnauthorized {
			t.Errorf("%s answers nobody %d", path, got.status)
		}
	}
	if got := o.admin().ask("GET", "/api/audit?result=perhaps", ""); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a result that there is not answers %d %s", got.status, got.body)
	}
}

// Private

func (o *office) deeds(n int) {
	o.t.Helper()
	deeds := make([]dictumal.Deed, n)
	for i := range deeds {
		deeds[i] = dictumal.Deed{
			At: time.Date(2026, 11, 20, 12, 0, i, 123_000, time.UTC), Via: dictumal.ViaProgram,
			Action: "deployment.destroy", Object: "D1", Result: dictumal.ResultDone,
		}
	}
	if err := o.store.AddDeeds(o.t.Context(), deeds...); err != nil {
		o.t.Fatal(err)
	}
}

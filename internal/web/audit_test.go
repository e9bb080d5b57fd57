package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestTheAuditLogIsReadAndNarrowedWithoutScripts(t *testing.T) {
	w := newWorld(t)
	for i := range 40 {
		w.must(w.store.AddDeeds(t.Context(), dictumal.Deed{
			At: time.Date(2026, 11, 20, 12, 0, i, 0, time.UTC), Actor: "u1", Email: "grace@example.org", Via: dictumal.ViaToken, From: "192.0.2.9",
			Action: "deployment.launch", Object: fmt.Sprintf("D%02d", i), Result: dictumal.ResultDone,
		}))
	}
	w.must(w.store.AddDeeds(t.Context(), dictumal.Deed{
		At: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Via: dictumal.ViaAnonymous, Action: "sign-in.refused",
		Result: dictumal.ResultRefused, Detail: "<b>Too old</b>",
	}))
	root := w.administrator()
	page := root.get("/audit")
	for _, want := range []string{"2026-11-20 12:00:39", "grace@example.org", "token · 192.0.2.9", "deployment.launch", "D39", "&lt;b&gt;Too old", "Somebody", `href="/api/audit/export"`, `aria-current="page"`} {
		if !strings.Contains(page.body, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(page.body, "12:00:00") {
		t.Error("the oldest line is on the first page")
	}
	older := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page.body)
	if older == nil {
		t.Fatal("nothing leads to older lines")
	}
	if page = root.get(strings.ReplaceAll(older[1], "&amp;", "&")); !strings.Contains(page.body, "12:00:00") || strings.Contains(page.body, "12:00:39") {
		t.Errorf("%s leads to\n%s", older[1], page.body)
	}
	for query, want := range map[string][]string{
		"who=GRACE&object=D07":                {"D07"},
		"result=refused":                      {"sign-in.refused"},
		"since=2026-11-21&until=2026-11-21":   {"sign-in.refused"},
		"action=deployment.&since=2026-11-21": {"No line fits"},
		"action=deployment.&until=2026-11-20": {"D39", "D38", `/api/audit/export?action=deployment.&amp;until=2026-11-21T00%3A00%3A00Z`},
	} {
		page := root.get("/audit?" + query)
		for _, text := range want {
			if !strings.Contains(page.body, text) {
				t.Errorf("?%s does not show %q:\n%s", query, text, page.body)
			}
		}
		if strings.Contains(page.body, "D39") != strings.Contains(query, "until=2026-11-20") {
			t.Errorf("?%s shows what was not asked for", query)
		}
	}
	if page := root.get("/audit?since=yesterday"); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "is not a day; write it as 2026-11-20.") {
		t.Errorf("a day that is none answers %d:\n%s", page.status, page.body)
	}
}

func TestOnlyAdministratorsAreLedToTheAuditLog(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	if page := ada.get("/audit"); page.status != http.StatusForbidden || !strings.Contains(page.body, "administrators") {
		t.Errorf("ada gets %d:\n%s", page.status, page.body)
	}
	if strings.Contains(ada.get("/instances").body, `href="/audit"`) {
		t.Error("somebody who is no admin is led to the audit log")
	}
	if !strings.Contains(w.administrator().get("/instances").body, `href="/audit"`) {
		t.Error("nothing leads an admin to the audit log")
	}
	if page := w.stranger().get("/audit"); page.status != http.StatusSeeOther || !strings.HasPrefix(page.location, "/sign-in") {
		t.Errorf("a stranger gets %d to %s", page.status, page.location)
	}
}

// Private

// administrator signs the local user in, who is one.
func (w *world) administrator() *person {
	w.Helper()
	user, err := w.auth.LocalUser(w.Context())
	w.must(err)
	return w.person(user.Email)
}

package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestPeopleAreBlockedAndUnblockedWithoutScripts(t *testing.T) {
	w := newWorld(t)
	ada, root := w.person("ada@example.org"), w.administrator()
	ada.deployed(ada.made(plain))
	page := "/people/" + w.id("ada@example.org")
	w.shows(root.get("/people?who=ADA"), "ada@example.org", "May come in", "this server", "1 desktop", "1 session, 0 tokens", `href="`+page+`"`, `aria-current="page"`)
	w.shows(root.get("/people?who=nobody"), "Nobody fits")
	w.shows(root.get(page), `action="`+page+`/block"`, `action="`+page+`/sign-out"`, "Their machines stay and go on to their ends by the clauses")
	if got := root.post(page+"/block", nil); got.status != http.StatusSeeOther || got.location != page {
		t.Fatalf("blocking answers %d to %s: %s", got.status, got.location, got.body)
	}
	blocked := root.get(page)
	w.shows(blocked, "Blocked", `action="`+page+`/unblock"`, "1 desktop, 0 sessions")
	if strings.Contains(blocked.body, `/block"`) || strings.Contains(blocked.body, "Sign out everywhere") {
		t.Error("who is blocked can be blocked again")
	}
	if got := ada.get("/instances"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/sign-in") {
		t.Errorf("who is blocked gets %d to %s", got.status, got.location)
	}
	got := ada.post("/sign-in", url.Values{"code": {w.signInCode("ada@example.org")}})
	if got.status != http.StatusForbidden {
		t.Errorf("who is blocked signs in with %d", got.status)
	}
	w.shows(got, "This account is blocked; ask an administrator.")
	root.post(page+"/unblock", nil)
	w.shows(root.get(page), "May come in", `action="`+page+`/block"`)
	w.person("ada@example.org").get("/instances")
}

func TestAnAdministratorSignsSomebodyOutOnAPage(t *testing.T) {
	w := newWorld(t)
	ada, root := w.person("ada@example.org"), w.administrator()
	page := "/people/" + w.id("ada@example.org")
	if got := root.post(page+"/sign-out", nil); got.status != http.StatusSeeOther || got.location != page {
		t.Fatalf("signing out answers %d to %s: %s", got.status, got.location, got.body)
	}
	if got := ada.get("/instances"); got.status != http.StatusSeeOther {
		t.Errorf("who was signed out gets %d", got.status)
	}
	w.shows(root.get(page), "May come in", "0 sessions")
}

func TestWhoCannotBeBlockedIsOfferedNoButton(t *testing.T) {
	w := newWorld(t)
	page := "/people/" + w.id("")
	root := w.administrator()
	shown := root.get(page)
	w.shows(shown, "whom nobody can block")
	if strings.Contains(shown.body, page+"/block") {
		t.Error("there is a button")
	}
	if got := root.post(page+"/block", nil); got.status != http.StatusConflict {
		t.Errorf("blocking all the same answers %d", got.status)
	}
}

func TestOnlyAdministratorsAreLedToPeople(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	for _, path := range []string{"/people", "/people/" + w.id("")} {
		if page := ada.get(path); page.status != http.StatusForbidden {
			t.Errorf("%s answers %d", path, page.status)
		}
	}
	if strings.Contains(ada.get("/instances").body, `href="/people"`) {
		t.Error("somebody who is no admin is led to people")
	}
	root := w.administrator()
	w.shows(root.get("/instances"), `href="/people"`)
	if page := root.get("/people/01NOBODY"); page.status != http.StatusNotFound {
		t.Errorf("nobody is shown with %d", page.status)
	}
}

// Private

func (w *world) id(email string) string {
	w.Helper()
	user, err := w.auth.User(w.Context(), email)
	w.must(err)
	return user.ID
}

func (w *world) shows(page answer, texts ...string) {
	w.Helper()
	for _, text := range texts {
		if !strings.Contains(page.body, text) {
			w.Errorf("%q is not on the page:\n%s", text, page.body)
		}
	}
}

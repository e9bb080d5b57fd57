package api_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
)

// browser signs somebody in and returns the cookie of their browser as a header.
func (o *office) browser(email string) (name, value string) {
	o.t.Helper()
	user, err := o.auth.User(o.t.Context(), email)
	if err != nil {
		o.t.Fatal(err)
	}
	code, err := o.auth.SignInCode(o.t.Context(), dictumal.Principal{User: user})
	if err != nil {
		o.t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := o.auth.SignIn(w, httptest.NewRequestWithContext(o.t.Context(), http.MethodPost, "/sign-in", http.NoBody), code); err != nil {
		o.t.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	return "Cookie", cookie.Name + "=" + cookie.Value
}

func TestATokenIsMadeListedAndRevokedByWhoHasSignedIn(t *testing.T) {
	o := open(t)
	name, cookie := o.browser("ada@example.org")
	ask := func(method, path, body string) answer { return client{office: o}.ask(method, path, body, name, cookie) }

	made := ask("POST", "/api/tokens", `{"name":"watcher","scopes":["read"],"expires":"7d"}`)
	if made.status != http.StatusCreated || made.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("made %d, Cache-Control %q: %s", made.status, made.header.Get("Cache-Control"), made.body)
	}
	watcher := client{o, made.field(t, "token")}
	if got := watcher.ask("GET", "/api/deployments", ""); got.status != http.StatusOK {
		t.Errorf("it reads %d %s", got.status, got.body)
	}
	if got := watcher.ask("POST", "/api/constitutions", quoted(document)); got.status != http.StatusForbidden || !strings.Contains(got.body, "deploy") {
		t.Errorf("without the scope it writes %d %s", got.status, got.body)
	}

	var listed []api.Token
	list := ask("GET", "/api/tokens", "")
	if err := json.Unmarshal([]byte(list.body), &listed); err != nil || len(listed) != 1 {
		t.Fatalf("listed %s, %v", list.body, err)
	}
	if l := listed[0]; l.Name != "watcher" || len(l.Scopes) != 1 || l.UsedAt == nil || l.ExpiresAt.Sub(l.CreatedAt).Hours() != 7*24 {
		t.Errorf("listed %+v", l)
	}
	if strings.Contains(list.body, watcher.token) || strings.Contains(list.body, "hash") {
		t.Error("the list tells the secret")
	}
	if got := ask("DELETE", "/api/tokens/"+listed[0].ID, ""); got.status != http.StatusNoContent {
		t.Errorf("revoked %d %s", got.status, got.body)
	}
	if got := watcher.ask("GET", "/api/deployments", ""); got.status != http.StatusUnauthorized {
		t.Errorf("after its end it reads %d", got.status)
	}
}

func TestAProgramManagesNeitherTokensNorSessions(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org") // with every scope
	for _, route := range []string{"GET /api/tokens", "POST /api/tokens", "DELETE /api/tokens/x", "GET /api/sessions", "DELETE /api/sessions", "DELETE /api/sessions/x"} {
		method, path, _ := strings.Cut(route, " ")
		body := ""
		if method == "POST" {
			body = `{"scopes":["admin"]}`
		}
		if got := ada.ask(method, path, body); got.status != http.StatusForbidden {
			t.Errorf("%s with a token = %d %s", route, got.status, got.body)
		}
		if got := (client{office: o}).ask(method, path, body); got.status != http.StatusUnauthorized {
			t.Errorf("%s of nobody = %d %s", route, got.status, got.body)
		}
	}
}

func TestATokenThatMakesNoSenseIsRefusedWithASentence(t *testing.T) {
	o := open(t)
	name, cookie := o.browser("ada@example.org")
	for body, want := range map[string]string{
		`{"name":"x"}`:                                   "opens nothing",
		`{"scopes":["write"]}`:                           `no scope \"write\"`,
		`{"scopes":["read"],"expires":"never"}`:          `\"never\" is no lifetime`,
		`{"scopes":["read"],"expires":"1h"}`:             "between 1d and 365d",
		`{"scopes":["read"],"expires":"366d"}`:           "between 1d and 365d",
		`{"scopes":["read"],"expires":"-5d"}`:            "is no lifetime",
		`{"scopes":["read"],"user":"ben@example.org"}`:   "on the server only",
		`{"scopes":["read"],"expires":"99999999999d"}`:   "is no lifetime",
		`{"scopes":["read"],"name":"` + long(101) + `"}`: "name",
	} {
		got := client{office: o}.ask("POST", "/api/tokens", body, name, cookie)
		if got.status != http.StatusUnprocessableEntity && got.status != http.StatusForbidden || !strings.Contains(got.body, want) {
			t.Errorf("%s = %d %s, want %q", body, got.status, got.body, want)
		}
	}
}

func TestSigningOutEverywhereLeavesOneBrowserOrNone(t *testing.T) {
	o := open(t)
	name, here := o.browser("ada@example.org")
	_, there := o.browser("ada@example.org")
	_, bens := o.browser("ben@example.org")
	ask := func(method, path, cookie string) answer { return client{office: o}.ask(method, path, "", name, cookie) }

	var sessions []api.Session
	list := ask("GET", "/api/sessions", here)
	if err := json.Unmarshal([]byte(list.body), &sessions); err != nil || len(sessions) != 2 {
		t.Fatalf("sessions %s, %v", list.body, err)
	}
	for _, s := range sessions {
		if s.This != strings.Contains(here, s.ID) {
			t.Errorf("session %+v is not told apart", s)
		}
		if got := ask("DELETE", "/api/sessions/"+s.ID, bens); got.status != http.StatusNotFound {
			t.Errorf("somebody else ends it: %d", got.status)
		}
	}
	if got := ask("DELETE", "/api/sessions", here); got.status != http.StatusOK || got.body != `{"ended":1}`+"\n" {
		t.Errorf("signed out everywhere: %d %q", got.status, got.body)
	}
	for cookie, want := range map[string]int{here: 200, there: 401, bens: 200} {
		if got := ask("GET", "/api/sessions", cookie); got.status != want {
			t.Errorf("afterwards %d, want %d", got.status, want)
		}
	}
	if got := ask("DELETE", "/api/sessions?this=true", here); got.status != http.StatusOK {
		t.Errorf("signed out here, too: %d %s", got.status, got.body)
	}
	if got := ask("GET", "/api/sessions", here); got.status != http.StatusUnauthorized {
		t.Errorf("afterwards %d", got.status)
	}
}

func long(n int) string { return strings.Repeat("a", n) }

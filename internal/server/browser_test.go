package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

// TestEveryAnswerKeepsBrowsersFromDoingMoreThanItNeeds asks every route, as nobody and
// as somebody, for what is there and for what is not, as a browser and as a program.
func TestEveryAnswerKeepsBrowsersFromDoingMoreThanItNeeds(t *testing.T) {
	h := newHouse(t)
	id := h.desktop("ada@example.org")
	routes, _ := h.Patterns()
	if len(routes) < 50 {
		t.Fatalf("only %d routes are known", len(routes))
	}
	asked := 0
	for _, pattern := range routes {
		method, path := split(pattern)
		for _, cookie := range []string{"", h.signIn("ada@example.org")} {
			for _, place := range []string{id, "01JZZZZZZZZZZZZZZZZZZZZZZZ"} {
				for _, accept := range []string{"text/html", "application/json"} {
					answer := h.once(method, wildcard.ReplaceAllString(path, place), cookie, "Accept", accept)
					asked++
					wantStrict(t, method+" "+path+" as "+accept, answer)
				}
			}
		}
	}
	static := h.once(http.MethodGet, "/static/other/base.css", "")
	wantStrict(t, "a style sheet", static)
	if got := static.Header().Get("Cache-Control"); static.Code != http.StatusOK || got != "no-cache" {
		t.Errorf("a style sheet of another version answers %d, Cache-Control %q", static.Code, got)
	}
	redirect := h.ask(http.MethodGet, "/instances", "", "", "Accept", "text/html")
	wantStrict(t, "a redirect", redirect)
	t.Logf("%d routes were asked %d times", len(routes), asked)
}

// TestNoOtherSiteCanChangeAnything sends what changes something as a browser would
// from a page of another site.
func TestNoOtherSiteCanChangeAnything(t *testing.T) {
	h := newHouse(t)
	cookie := h.signIn("ada@example.org")
	routes, _ := h.Patterns()
	changing := 0
	for _, pattern := range routes {
		method, path := split(pattern)
		if method == http.MethodGet {
			continue
		}
		changing++
		path = wildcard.ReplaceAllString(path, "01JZZZZZZZZZZZZZZZZZZZZZZZ")
		for _, from := range [][]string{
			{"Sec-Fetch-Site", "cross-site"},
			{"Sec-Fetch-Site", "same-site"},
			{"Sec-Fetch-Site", "cross-site", "Origin", origin},
			{"Origin", "https://evil.example"},
			{"Origin", "null"},
			{"Origin", "https://x-desktops.example.org"},
			{"Origin", origin + ":8443"},
		} {
			answer := h.ask(method, path, cookie, "", from...)
			if answer.Code != http.StatusForbidden {
				t.Errorf("%s %s with %v answers %d, want 403", method, path, from, answer.Code)
			}
			wantStrict(t, pattern, answer)
		}
		for _, from := range [][]string{{"Sec-Fetch-Site", "same-origin", "Origin", origin}, {"Origin", origin}, {}} {
			if path == "/sign-out" || strings.Contains(path, "sessions") {
				continue // which would end the session of this test
			}
			if answer := h.ask(method, path, cookie, "", from...); answer.Code == http.StatusForbidden && answer.Header().Get("Content-Type") == "application/problem+json" &&
				strings.Contains(answer.Body.String(), "another site") {
				t.Errorf("%s %s from our own page (%v) is refused", method, path, from)
			}
		}
	}
	if changing < 15 {
		t.Errorf("only %d routes change anything", changing)
	}
	if still := h.ask(http.MethodGet, "/account", cookie, "", "Accept", "text/html"); still.Code != http.StatusOK {
		t.Errorf("another site has signed somebody out: GET /account answers %d", still.Code)
	}
}

func TestCookiesStayWithThisHostAndOutOfScripts(t *testing.T) {
	h := newHouse(t)
	user, err := h.codes.User(t.Context(), "ada@example.org")
	h.must(err)
	code, err := h.codes.SignInCode(t.Context(), dictumal.Principal{User: user})
	h.must(err)
	answer := h.ask(http.MethodPost, "/sign-in", "", "code="+code)
	if len(cookies(answer)) == 0 {
		t.Fatal("signing in sets no cookie")
	}
	for _, set := range cookies(answer) {
		if !strings.HasPrefix(set.Name, "__Host-") || !set.Secure || !set.HttpOnly || set.Path != "/" || set.Domain != "" || set.SameSite != http.SameSiteLaxMode {
			t.Errorf("signing in sets %q, want __Host-, Secure, HttpOnly, SameSite=Lax, path / and no domain", set.Raw)
		}
	}
}

// TestPlainHTTPOnThisMachineIsNotForbiddenForYears: browsers keep HSTS for a host and
// not for a port, and localhost is everybody's.
func TestPlainHTTPOnThisMachineIsNotForbiddenForYears(t *testing.T) {
	for address, want := range map[string]bool{"https://desktops.example.org": true, "https://localhost:8443": false, "https://127.0.0.1": false, "http://127.0.0.1:8080": false} {
		s := bare(t)
		*s.URL = *parse(t, address)
		s.Web, s.Metrics = nothing{}, http.NotFoundHandler()
		w := httptest.NewRecorder()
		s.protect(s.handle(http.NotFoundHandler())).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ca.pem", http.NoBody))
		if got := w.Header().Get("Strict-Transport-Security"); (got != "") != want {
			t.Errorf("%s sends HSTS %q", address, got)
		}
	}
}

var wildcard = regexp.MustCompile(`\{[^}$]*\}`)

// split takes a pattern apart; one without a method is asked for with GET.
func split(pattern string) (method, path string) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		method, path = http.MethodGet, pattern
	}
	return method, strings.TrimSuffix(path, "{$}")
}

// once is ask for streams, too: it leaves at the first that it hears.
func (h *house) once(method, path, cookie string, header ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	ctx, leave := context.WithCancel(h.t.Context())
	defer leave()
	r := httptest.NewRequestWithContext(ctx, method, origin+path, http.NoBody)
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := &leaver{httptest.NewRecorder(), leave}
	h.public.Handler.ServeHTTP(w, r)
	return w.ResponseRecorder
}

type leaver struct {
	*httptest.ResponseRecorder
	leave context.CancelFunc
}

func (l *leaver) Flush() {
	l.ResponseRecorder.Flush()
	l.leave()
}

func wantStrict(t *testing.T, what string, answer *httptest.ResponseRecorder) {
	t.Helper()
	policy := strings.Split(answer.Header().Get("Content-Security-Policy"), "; ")
	for _, want := range []string{"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !slices.Contains(policy, want) {
			t.Errorf("%s (%d): the policy %q lacks %s", what, answer.Code, policy, want)
		}
	}
	if answer.Code >= http.StatusInternalServerError && answer.Code != http.StatusNotImplemented { // which is what a recorder is for a WebSocket
		t.Errorf("%s answers %d: %s", what, answer.Code, answer.Body)
	}
	page := strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") && answer.Header().Get("Location") == ""
	if scripts := slices.Contains(policy, "script-src 'self'"); scripts && !page {
		t.Errorf("%s (%d) is no page, and may run scripts", what, answer.Code)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		"Strict-Transport-Security": "max-age=31536000", // of this host alone: what is below may be others'
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s (%d): %s is %q, want %q", what, answer.Code, name, got, want)
		}
	}
	if referrer := answer.Header().Get("Referrer-Policy"); referrer != "same-origin" && referrer != "no-referrer" {
		t.Errorf("%s (%d): Referrer-Policy is %q", what, answer.Code, referrer)
	}
	if kept := answer.Header().Get("Cache-Control"); kept != "no-store" && !strings.Contains(what, "style sheet") {
		t.Errorf("%s (%d): Cache-Control is %q, want no-store", what, answer.Code, kept)
	}
	for name := range answer.Header() {
		if strings.HasPrefix(name, "Access-Control-") || name == "Server" || name == "X-Powered-By" {
			t.Errorf("%s (%d) sends %s", what, answer.Code, name)
		}
	}
}

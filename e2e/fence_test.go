package e2e

import (
	"net/http"
	"strings"
	"testing"
)

func TestOtherSitesAreKeptOut(t *testing.T) {
	r := start(t)
	t.Run("a page cannot be framed and runs no script of others", func(t *testing.T) {
		answer := r.ask(http.MethodGet, "/sign-in", nil)
		policy := answer.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("policy %q lacks %q", policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("policy %q allows inline code", policy)
		}
	})
	t.Run("a form on another site signs nobody in", func(t *testing.T) {
		answer := r.ask(http.MethodPost, "/sign-in", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"})
		if answer.StatusCode != http.StatusForbidden || answer.Header.Get("Set-Cookie") != "" {
			t.Errorf("got %d with cookie %q, want 403 and none", answer.StatusCode, answer.Header.Get("Set-Cookie"))
		}
	})
	t.Run("another name for this host leads to the one that cookies work on", func(t *testing.T) {
		answer := r.ask(http.MethodGet, "/instances", map[string]string{"Host": "localhost:1", "Accept": "text/html"})
		if got, want := answer.Header.Get("Location"), r.url+"/instances"; answer.StatusCode != http.StatusTemporaryRedirect || got != want {
			t.Errorf("got %d to %q, want 307 to %q", answer.StatusCode, got, want)
		}
	})
	t.Run("what only the command line may do is not there for browsers", func(t *testing.T) {
		for _, path := range []string{"/api/sign-in-links", "/api/keys/rotate"} {
			if answer := r.ask(http.MethodPost, path, nil); answer.StatusCode != http.StatusNotFound {
				t.Errorf("POST %s = %d, want 404", path, answer.StatusCode)
			}
		}
	})
}

// reply is an answer without its body.
type reply struct {
	StatusCode int
	Header     http.Header
}

// ask sends one request as nobody.
func (r *rig) ask(method, path string, header map[string]string) reply {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
		if name == "Host" {
			request.Host = value
		}
	}
	answer, err := session().Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		r.t.Fatal(err)
	}
	return reply{answer.StatusCode, answer.Header}
}

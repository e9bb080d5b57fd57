package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/auth/oidc/oidctest"
)

// vouched is a world that people enter by an identity provider.
func vouched(t *testing.T) (*world, *oidctest.Issuer) {
	t.Helper()
	w, issuer := newWorld(t), oidctest.New(t)
	w.auth.Providers = []*oidc.Provider{oidc.New(oidc.Options{
		Name: "oidc", Label: "id.example.org", Issuer: issuer.URL, ID: oidctest.ClientID, Secret: oidctest.ClientSecret,
		Callback: w.URL + "/api/auth/callback/oidc",
	})}
	w.auth.People = auth.People{Allow: []string{"example.org"}}
	return w, issuer
}

// arrive signs somebody in, and is where they get to.
func (p *person) arrive(issuer *oidctest.Issuer, next string) answer {
	p.Helper()
	sent := p.get("/api/auth/signin/oidc?" + url.Values{"next": {next}}.Encode())
	if sent.status != http.StatusSeeOther || sent.header.Get("Cache-Control") != "no-store" {
		p.Fatalf("beginning answered %d: %s", sent.status, sent.body)
	}
	return p.get(issuer.Visit(sent.location).RequestURI())
}

func TestSigningInByAProviderLeadsWhereOneWantedToGo(t *testing.T) {
	w, issuer := vouched(t)
	for next, want := range map[string]string{
		"/constitutions/new":                 "/constitutions/new",
		"/instances?q=a b&state=active":      "/instances?q=a b&state=active",
		"":                                   "/instances",
		"https://evil.example/":              "/instances",
		"//evil.example/":                    "/instances",
		`/\evil.example/`:                    "/instances",
		"/\t/evil.example/":                  "/instances",
		"javascript:alert(1)":                "/instances",
		"/" + strings.Repeat("a", 3000):      "/instances",
		"/sign-in\r\nSet-Cookie: a=b":        "/instances",
		"/constitutions?next=//evil.example": "/constitutions?next=//evil.example",
	} {
		got := w.stranger().arrive(issuer, next)
		if got.status != http.StatusSeeOther || got.location != want {
			t.Errorf("who wanted to go to %q is sent to %q (%d)", next[:min(len(next), 50)], got.location, got.status)
		}
	}
}

func TestThePageKeepsWhereOneWantedToGo(t *testing.T) {
	w, _ := vouched(t)
	p := w.stranger()
	asked := p.get("/constitutions/new")
	if asked.location != "/sign-in?next=%2Fconstitutions%2Fnew" {
		t.Fatalf("a stranger is sent to %q", asked.location)
	}
	page := p.get(asked.location)
	if !strings.Contains(page.body, `href="/api/auth/signin/oidc?next=%2Fconstitutions%2Fnew">Sign in with id.example.org</a>`) {
		t.Errorf("the page has no such link: %s", page.body)
	}
	if strings.Contains(page.body, "dictumal sign-in") {
		t.Error("the page tells of the operator's command")
	}
}

func TestAnotherSiteCannotBeginASignIn(t *testing.T) {
	w, _ := vouched(t)
	for site, want := range map[string]bool{"cross-site": false, "same-site": false, "same-origin": true, "none": true, "": true} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/api/auth/signin/oidc", http.NoBody)
		w.must(err)
		request.Header.Set("Sec-Fetch-Site", site)
		answer, err := w.stranger().client.Do(request)
		w.must(err)
		w.must(answer.Body.Close())
		if begun := len(answer.Cookies()) == 1; begun != want || !begun && answer.Header.Get("Location") != "/sign-in" {
			t.Errorf("from %q, it begins: %v, and leads to %q", site, begun, answer.Header.Get("Location"))
		}
	}
}

func TestASignInThatFailsIsToldOnThePage(t *testing.T) {
	w, issuer := vouched(t)
	for name, test := range map[string]struct {
		lie    func()
		status int
		want   string
	}{
		"not on the list":  {func() { issuer.Claims = map[string]any{"email": "eve@evil.example"} }, 403, "eve@evil.example is not among those who may come in here; ask whoever runs this server."},
		"unknown callback": {func() { issuer.Error = "redirect_uri_mismatch" }, 403, "Confirm OAuth callback URL matches the running environment: id.example.org must know exactly " + w.URL + "/api/auth/callback/oidc."},
		"unknown client":   {func() { issuer.Error = "invalid_client" }, 503, "id.example.org does not accept this server"},
	} {
		issuer.Claims, issuer.Error = nil, ""
		test.lie()
		got := w.stranger().arrive(issuer, "")
		if got.status != test.status || !strings.Contains(got.body, test.want) || !strings.Contains(got.body, "Sign in with id.example.org") {
			t.Errorf("%s: %d: %s", name, got.status, got.body)
		}
	}
	got := w.stranger().get("/api/auth/callback/oidc?error=access_denied&error_description=Call+0800+now&state=x")
	if got.status != http.StatusForbidden || strings.Contains(got.body, "0800") || !strings.Contains(got.body, "was not begun in this browser") {
		t.Errorf("what anyone can link to answers %d: %s", got.status, got.body)
	}
}

func TestThePageSaysWhenTheProviderIsDown(t *testing.T) {
	w, issuer := vouched(t)
	issuer.Down = true
	for _, path := range []string{"/sign-in", "/api/auth/signin/oidc"} {
		got := w.stranger().get(path)
		if !strings.Contains(got.body, "id.example.org does not answer at the moment, so nobody can sign in by it; try again in a minute.") {
			t.Errorf("%s answers %d: %s", path, got.status, got.body)
		}
	}
}

func TestAnUnknownProviderIsNotThere(t *testing.T) {
	w, _ := vouched(t)
	for _, path := range []string{"/api/auth/signin/github", "/api/auth/callback/github?state=x&code=y"} {
		if got := w.stranger().get(path); got.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
}

func TestSeedsTheCallbackMustMatchTheRunningEnvironment(t *testing.T) {
	w, _ := vouched(t)
	address, err := url.Parse(w.URL)
	w.must(err)
	w.pages.Host = "desktops.example.org"
	p := w.stranger()
	if got := p.get("/"); got.location != "/sign-in" {
		t.Errorf("the first page leads to %q", got.location)
	}
	got := p.get("/sign-in?next=%2Fmachines")
	want := "Confirm OAuth callback URL matches the running environment: you came to " + address.Host +
		", but AUTH_URL is http://desktops.example.org, and people are sent back to " + w.URL + "/api/auth/callback/oidc."
	if !strings.Contains(got.body, want) || !strings.Contains(got.body, `href="http://desktops.example.org/sign-in?next=%2Fmachines"`) {
		t.Errorf("the page says %s", got.body)
	}
}

// edge is Google as this server sees it, wherever it is.
type edge struct{ target *url.URL }

func (e edge) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Scheme, r.URL.Host = e.target.Scheme, e.target.Host
	return http.DefaultTransport.RoundTrip(r)
}

func TestSeedsGoogleSignsPeopleIn(t *testing.T) {
	w, issuer := vouched(t)
	target, err := url.Parse(issuer.URL)
	w.must(err)
	issuer.Calls = oidc.Google
	w.auth.Providers = []*oidc.Provider{oidc.New(oidc.Options{
		Name: "google", Label: "Google", Issuer: oidc.Google, ID: oidctest.ClientID, Secret: oidctest.ClientSecret,
		Callback: w.URL + "/api/auth/callback/google", Client: &http.Client{Transport: edge{target}},
	})}
	enter := func(claims map[string]any) answer {
		t.Helper()
		issuer.Claims = claims
		p := w.stranger()
		sent := p.get("/api/auth/signin/google")
		if !strings.HasPrefix(sent.location, oidc.Google+"/authorize?") || !strings.Contains(sent.location, "prompt=select_account") {
			t.Fatalf("the browser is sent to %q: %s", sent.location, sent.body)
		}
		return p.get(issuer.Visit(sent.location).RequestURI())
	}
	for name, test := range map[string]struct {
		claims map[string]any
		status int
	}{
		"an account of the organization":        {map[string]any{"hd": "example.org"}, 303},
		"as Google writes itself at times":      {map[string]any{"hd": "example.org", "iss": "accounts.google.com"}, 303},
		"a private account with its address":    {nil, 403},
		"an account of somebody else's":         {map[string]any{"email": "eve@gmail.com"}, 403},
		"an unverified one":                     {map[string]any{"hd": "example.org", "email_verified": false}, 403},
		"a token of somebody who is not Google": {map[string]any{"hd": "example.org", "iss": "https://accounts.google.com.evil.example"}, 403},
	} {
		if got := enter(test.claims); got.status != test.status {
			t.Errorf("%s: %d: %s", name, got.status, got.body)
		}
	}
	w.auth.People.Allow = []string{"ada@example.org"}
	if got := enter(nil); got.status != 303 {
		t.Errorf("a private account that is on the list by its address: %d: %s", got.status, got.body)
	}
}

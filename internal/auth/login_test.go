package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/auth/oidc/oidctest"
	"github.com/dictumal/dictumal/internal/peer"
)

const callback = "https://desktops.example.org/api/auth/callback/"

// porch is an office that people enter by two identity providers.
type porch struct {
	*office
	issuer, another *oidctest.Issuer
	deeds           []dictumal.Deed
}

func openPorch(t *testing.T) *porch {
	t.Helper()
	p := &porch{office: open(t, true), issuer: oidctest.New(t), another: oidctest.New(t)}
	for name, issuer := range map[string]*oidctest.Issuer{"oidc": p.issuer, "google": p.another} {
		issuer.Now = p.Now
		p.Providers = append(p.Providers, oidc.New(oidc.Options{
			Name: name, Label: name, Issuer: issuer.URL, ID: oidctest.ClientID, Secret: oidctest.ClientSecret,
			Callback: callback + name, Now: p.Now,
		}))
	}
	p.People = auth.People{Allow: []string{"example.org"}}
	p.Audit = func(_ context.Context, d dictumal.Deed) { p.deeds = append(p.deeds, d) }
	return p
}

// visitor is somebody's browser.
type visitor struct {
	*porch
	from    string
	cookies map[string]*http.Cookie
}

func (p *porch) visitor() *visitor { return &visitor{porch: p, cookies: map[string]*http.Cookie{}} }

func (v *visitor) request(address string) *http.Request {
	r := httptest.NewRequestWithContext(peer.With(context.Background(), v.from), http.MethodGet, address, nil)
	for _, cookie := range v.cookies {
		r.AddCookie(cookie)
	}
	return r
}

func (v *visitor) keep(w *httptest.ResponseRecorder) {
	for _, cookie := range w.Result().Cookies() {
		v.cookies[cookie.Name] = cookie
		if cookie.MaxAge < 0 {
			delete(v.cookies, cookie.Name)
		}
	}
}

func (v *visitor) begin(provider, next string) string {
	v.t.Helper()
	w := httptest.NewRecorder()
	address, err := v.BeginLogin(w, v.request("/"), provider, next)
	if err != nil {
		v.t.Fatal(err)
	}
	v.keep(w)
	return address
}

func (v *visitor) finish(provider string, back *url.URL) (string, error) {
	w := httptest.NewRecorder()
	next, err := v.FinishLogin(w, v.request(back.RequestURI()), provider)
	v.keep(w)
	return next, err
}

func (v *visitor) enter() {
	v.t.Helper()
	if _, err := v.finish("oidc", v.issuer.Visit(v.begin("oidc", "/instances"))); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) in() bool { _, known := v.who(v.request("/")); return known }

func TestSomebodyWhomTheProviderVouchesForIsSignedIn(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	p.issuer.Claims = map[string]any{"email": "Ada@Example.org"}
	next, err := v.finish("oidc", p.issuer.Visit(v.begin("oidc", "/constitutions/x/deploy")))
	if err != nil || next != "/constitutions/x/deploy" {
		t.Fatalf("went on to %q (%v)", next, err)
	}
	who, known := v.who(v.request("/"))
	if !known || who.User.Email != "ada@example.org" || who.User.Name != "Ada Lovelace" || who.User.Issuer != p.issuer.URL || !who.User.Admin {
		t.Errorf("%+v is in (%v)", who, known)
	}
	if len(v.cookies) != 2 || v.cookies["__Host-dictumal"] == nil || v.cookies["__Host-dictumal-device"] == nil {
		t.Errorf("the browser keeps %v", v.cookies)
	}
	if len(p.deeds) != 1 || p.deeds[0].Action != "session.begin" || p.deeds[0].Actor != who.User.ID {
		t.Errorf("the log says %+v", p.deeds)
	}
}

func TestWhatIsAskedOfTheProviderHoldsStateNonceAndChallenge(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	first, second := v.begin("oidc", "/"), v.begin("oidc", "/")
	if !strings.HasPrefix(first, p.issuer.URL+"/authorize?") {
		t.Errorf("the browser is sent to %s", first)
	}
	asked, again := query(t, first), query(t, second)
	for name, want := range map[string]string{
		"response_type": "code", "client_id": oidctest.ClientID, "redirect_uri": callback + "oidc", "scope": "openid email profile",
		"code_challenge_method": "S256",
	} {
		if asked.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, asked.Get(name), want)
		}
	}
	for name, least := range map[string]int{"state": 26, "nonce": 43, "code_challenge": 43} {
		if len(asked.Get(name)) < least || asked.Get(name) == again.Get(name) {
			t.Errorf("%s is %q and then %q", name, asked.Get(name), again.Get(name))
		}
	}
	cookie := v.cookies["__Host-dictumal-sign-in"]
	if cookie == nil || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.MaxAge != 600 {
		t.Errorf("the cookie is %+v", cookie)
	}
	for _, back := range []string{second, first} { // both may come back, in any order
		if _, err := v.finish("oidc", p.issuer.Visit(back)); err != nil {
			t.Error(err)
		}
		v.cookies["__Host-dictumal-sign-in"] = cookie
	}
}

const (
	notBegun = "This sign-in was not begun in this browser"
	untrue   = "does not hold, so nobody was signed in"
)

// refusal is something that must not sign anybody in.
type refusal struct {
	name    string
	lie     func(*oidctest.Issuer)
	change  func(p *porch, v *visitor, back *url.URL)
	want    string
	private bool // nobody is told
}

func refusals() []refusal {
	claim := func(name string, value any) func(*oidctest.Issuer) {
		return func(i *oidctest.Issuer) { i.Claims = map[string]any{name: value} }
	}
	param := func(name string, values ...string) func(*porch, *visitor, *url.URL) {
		return func(_ *porch, _ *visitor, back *url.URL) {
			changed := back.Query()
			changed[name] = values
			back.RawQuery = changed.Encode()
		}
	}
	sign := func(how func(oidctest.Token) string) func(*oidctest.Issuer) {
		return func(i *oidctest.Issuer) { i.Token = how }
	}
	says := func(code string) func(*oidctest.Issuer) { return func(i *oidctest.Issuer) { i.Error = code } }
	return []refusal{
		{name: "a state that nobody gave out", change: param("state", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), want: notBegun, private: true},
		{name: "no state", change: param("state"), want: notBegun, private: true},
		{name: "two states", change: param("state", "a", "b"), want: notBegun, private: true},
		{name: "the state of another browser", change: func(p *porch, v *visitor, _ *url.URL) {
			other := p.visitor()
			other.begin("oidc", "/")
			v.cookies = other.cookies
		}, want: notBegun},
		{name: "a browser without its cookie", change: func(_ *porch, v *visitor, _ *url.URL) { clear(v.cookies) }, want: notBegun},
		{name: "a state that is too old", change: func(p *porch, _ *visitor, _ *url.URL) { p.pass(auth.LoginLife) }, want: notBegun},
		{name: "an answer of no issuer", change: param("iss"), want: untrue},
		{name: "an answer of another issuer", change: param("iss", "https://evil.example"), want: untrue},
		{name: "an answer of two issuers", change: param("iss", "a", "b"), want: untrue},
		{name: "no code", change: param("code"), want: untrue},
		{name: "a token instead of a code", change: func(_ *porch, _ *visitor, back *url.URL) {
			back.RawQuery = strings.Replace(back.RawQuery, "code=", "id_token=", 1)
		}, want: untrue},
		{name: "a code that nobody gave out", change: param("code", "x"), want: untrue},
		{name: "a token of another sign-in", lie: claim("nonce", "another"), want: untrue},
		{name: "a token without a nonce", lie: claim("nonce", nil), want: untrue},
		{name: "a token for another client", lie: claim("aud", "another"), want: untrue},
		{name: "a token for several, of which none is named", lie: claim("aud", []string{oidctest.ClientID, "another"}), want: untrue},
		{name: "a token that was made for another of several", lie: func(i *oidctest.Issuer) {
			i.Claims = map[string]any{"aud": []string{oidctest.ClientID, "another"}, "azp": "another"}
		}, want: untrue},
		{name: "a token of another issuer", lie: claim("iss", "https://evil.example"), want: untrue},
		{name: "a token that nobody has signed", lie: sign(oidctest.Unsigned), want: untrue},
		{name: "a token signed with the client's secret", lie: sign(oidctest.SignedWithSecret), want: untrue},
		{name: "a token signed by somebody else", lie: sign(oidctest.SignedByAnother), want: untrue},
		{name: "a token that has expired", lie: claim("exp", 1), want: untrue},
		{name: "a token from the future", lie: claim("iat", 4102444800), want: untrue},
		{name: "a token that names nobody", lie: claim("sub", ""), want: untrue},
		{name: "no token", lie: sign(func(oidctest.Token) string { return "" }), want: untrue},
		{name: "an e-mail that was not verified", lie: claim("email_verified", false), want: "has not verified the e-mail"},
		{name: "an e-mail of which nothing is said", lie: claim("email_verified", nil), want: "has not verified the e-mail"},
		{name: "an e-mail that is verified in words", lie: claim("email_verified", "true"), want: "has not verified the e-mail"},
		{name: "letters that look like others", lie: claim("email", "ada@example.or\u0261"), want: "cannot be compared with a list"},
		{name: "a letter that becomes a plain one when it is made small", lie: claim("email", "\u212Aate@example.org"), want: "cannot be compared with a list"},
		{name: "a host that becomes another when it is made small", lie: claim("email", "ada@\u0130example.org"), want: "cannot be compared with a list"},
		{name: "two addresses in one", lie: claim("email", `"ada@evil.example"@example.org`), want: "cannot be compared with a list"},
		{name: "somebody who is on no list", lie: claim("email", "eve@evil.example"), want: "eve@evil.example is not among those who may come in"},
		{name: "a domain that only ends like one on the list", lie: claim("email", "eve@evilexample.org"), want: "is not among those"},
		{name: "a domain below one on the list", lie: claim("email", "eve@evil.example.org"), want: "is not among those"},
		{name: "no e-mail, and another person's when asked", lie: func(i *oidctest.Issuer) {
			i.Claims = map[string]any{"email": nil}
			i.Info = map[string]any{"sub": "eve", "email": "ada@example.org", "email_verified": true}
		}, want: untrue},
		{name: "no e-mail at all", lie: func(i *oidctest.Issuer) {
			i.Claims, i.Info = map[string]any{"email": nil}, map[string]any{"sub": "ada"}
		}, want: "does not tell the e-mail address"},
		{name: "somebody who changed their mind", change: param("error", "access_denied"), want: "or have cancelled it there"},
		{name: "a callback that the provider does not know", change: param("error", "redirect_uri_mismatch"), want: "Confirm OAuth callback URL matches the running environment: oidc must know exactly " + callback + "oidc."},
		{name: "the same, said with the token", lie: says("invalid_request"), want: "Confirm OAuth callback URL matches the running environment"},
		{name: "a client that the provider does not know", lie: says("invalid_client"), want: "must check its ID and secret"},
		{name: "a reason that is no code", change: param("error", "<script>alert(1)</script>"), want: "has refused the sign-in (without a reason)"},
	}
}

func TestNobodyIsSignedInBy(t *testing.T) {
	for _, test := range refusals() {
		t.Run(test.name, func(t *testing.T) {
			p := openPorch(t)
			v := p.visitor()
			if test.lie != nil {
				test.lie(p.issuer)
			}
			back := p.issuer.Visit(v.begin("oidc", "/"))
			good := *back
			cookies := map[string]*http.Cookie{"__Host-dictumal-sign-in": v.cookies["__Host-dictumal-sign-in"]}
			if test.change != nil {
				test.change(p, v, back)
			}
			if _, err := v.finish("oidc", back); err == nil || !strings.Contains(dictumal.ErrorMessage(err), test.want) {
				t.Errorf("the answer is %v, want %q in it", err, test.want)
			}
			if v.in() {
				t.Error("somebody is in")
			}
			if told := len(p.deeds) == 1 && p.deeds[0].Action == "sign-in.refused" && strings.Contains(p.deeds[0].Detail, test.want); told == test.private {
				t.Errorf("the log says %+v", p.deeds)
			}
			if test.private {
				return
			}
			// It is used up, whatever was wrong with it.
			v.cookies = cookies
			if _, err := v.finish("oidc", &good); err == nil || !strings.Contains(err.Error(), notBegun) {
				t.Errorf("tried again, the answer is %v", err)
			}
		})
	}
}

func TestAnAnswerIsGoodOnce(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	address := v.begin("oidc", "/")
	begun := v.cookies["__Host-dictumal-sign-in"]
	back := p.issuer.Visit(address)
	if _, err := v.finish("oidc", back); err != nil {
		t.Fatal(err)
	}
	v.cookies["__Host-dictumal-sign-in"] = begun
	if _, err := v.finish("oidc", back); err == nil || !strings.Contains(err.Error(), notBegun) {
		t.Errorf("replayed, the answer is %v", err)
	}
	// The code of the first, brought with another sign-in's state.
	again := p.issuer.Visit(v.begin("oidc", "/"))
	changed := again.Query()
	changed.Set("code", back.Query().Get("code"))
	again.RawQuery = changed.Encode()
	if _, err := v.finish("oidc", again); err == nil || !strings.Contains(err.Error(), untrue) {
		t.Errorf("with a code that was used, the answer is %v", err)
	}
}

func TestACodeIsGoodOnlyWhereItWasAskedFor(t *testing.T) {
	p := openPorch(t)
	thief, v := p.visitor(), p.visitor()
	stolen := p.issuer.Visit(v.begin("oidc", "/")).Query().Get("code")
	back := p.issuer.Visit(thief.begin("oidc", "/"))
	changed := back.Query()
	changed.Set("code", stolen)
	back.RawQuery = changed.Encode()
	if _, err := thief.finish("oidc", back); err == nil || !strings.Contains(err.Error(), untrue) || thief.in() {
		t.Errorf("a stolen code gives %v", err)
	}
}

func TestProvidersCannotBeMixedUp(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	if _, err := v.finish("google", p.issuer.Visit(v.begin("oidc", "/"))); err == nil || !strings.Contains(err.Error(), notBegun) {
		t.Errorf("at the other's callback, the answer is %v", err)
	}
	// Somebody else's provider hands out the address of an honest one: the answer of
	// the one comes for the other.
	sent := v.begin("oidc", "/")
	if _, err := v.finish("oidc", p.another.Visit(sent)); err == nil || !strings.Contains(err.Error(), untrue) {
		t.Errorf("with the other's answer, the answer is %v", err)
	}
	p.issuer.Names, p.another.Answer = false, func(answer url.Values) { answer.Del("iss") }
	unnamed := p.visitor()
	if _, err := unnamed.finish("oidc", p.another.Visit(unnamed.begin("oidc", "/"))); err == nil || unnamed.in() {
		t.Errorf("with the other's unnamed answer, the answer is %v", err)
	}
}

func TestTheSameEmailOfAnotherIssuerIsSomebodyElse(t *testing.T) {
	p := openPorch(t)
	first, second := p.visitor(), p.visitor()
	first.enter()
	if _, err := second.finish("google", p.another.Visit(second.begin("google", "/"))); err != nil {
		t.Fatal(err)
	}
	one, _ := first.who(first.request("/"))
	two, _ := second.who(second.request("/"))
	if one.User.Email != two.User.Email || one.User.ID == two.User.ID || two.User.Admin {
		t.Errorf("%+v and %+v", one.User, two.User)
	}
	if _, err := p.User(t.Context(), "ada@example.org"); dictumal.ErrorCode(err) != dictumal.CodeConflict {
		t.Errorf("asked for by e-mail, the answer is %v", err)
	}
}

func TestWhoFoundNoEmailInTheTokenAsksForIt(t *testing.T) {
	p := openPorch(t)
	p.issuer.Claims = map[string]any{"email": nil, "email_verified": nil}
	p.issuer.Info = map[string]any{"sub": "ada", "email": "ada@example.org", "email_verified": true}
	p.visitor().enter()
}

func TestKeysMayChangeAtAnyTime(t *testing.T) {
	p := openPorch(t)
	p.visitor().enter()
	p.issuer.Rotate()
	p.visitor().enter()
}

func TestClocksMayDifferByLessThanAMinute(t *testing.T) {
	for _, apart := range []time.Duration{-59 * time.Second, 59 * time.Second} {
		p := openPorch(t)
		p.issuer.Now = func() time.Time { return p.Now().Add(apart) }
		p.issuer.Claims = map[string]any{"exp": p.issuer.Now().Unix()}
		p.visitor().enter()
	}
}

func TestAProviderThatIsDownIsNoReasonNotToStart(t *testing.T) {
	p := openPorch(t)
	p.issuer.Down = true
	v := p.visitor()
	_, err := v.BeginLogin(httptest.NewRecorder(), v.request("/"), "oidc", "/")
	if dictumal.ErrorCode(err) != dictumal.CodeUnavailable || !strings.Contains(dictumal.ErrorMessage(err), "oidc does not answer at the moment") {
		t.Errorf("the answer is %v", err)
	}
	p.issuer.Down = false
	p.pass(5 * time.Second)
	v.enter()
	p.issuer.Down = true
	p.pass(2 * time.Hour)
	v.begin("oidc", "/") // what was learned before still holds
}

func TestAProviderByAnotherNameIsToldApart(t *testing.T) {
	p := openPorch(t)
	p.issuer.Calls = "https://id.example.org/"
	v := p.visitor()
	_, err := v.BeginLogin(httptest.NewRecorder(), v.request("/"), "oidc", "/")
	if !strings.Contains(dictumal.ErrorMessage(err), "calls itself https://id.example.org/; whoever runs this server must set the issuer to exactly that") {
		t.Errorf("the answer is %v", err)
	}
}

func TestTenThousandBegunSignInsTakeLittleRoom(t *testing.T) {
	p := openPorch(t)
	v := p.visitor()
	v.from = "192.0.2.66"
	begun := 0
	for range 10_000 {
		_, err := v.BeginLogin(httptest.NewRecorder(), v.request("/"), "oidc", "/")
		switch dictumal.ErrorCode(err) {
		case dictumal.CodeTooMany:
		default:
			if err != nil {
				t.Fatal(err)
			}
			begun++
		}
	}
	if begun != 60 {
		t.Errorf("%d of 10,000 were begun", begun)
	}
	somebody := p.visitor()
	somebody.from = "198.51.100.7"
	somebody.enter()
}

func query(t *testing.T, address string) url.Values {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return parsed.Query()
}

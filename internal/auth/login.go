package auth

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/limit"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
)

// LoginLife is how long somebody may take at their identity provider.
const LoginLife = 10 * time.Minute

// BeginLogin is where the browser goes to sign in by a provider. The browser gets a
// cookie, and only who has it can finish what begins here: else somebody could be
// led to sign in as somebody else.
func (a *Auth) BeginLogin(w http.ResponseWriter, r *http.Request, provider, next string) (address string, err error) {
	p, ok := a.provider(provider)
	if !ok {
		return "", dictumal.ErrNotFound
	}
	from := limit.Network(peer.From(r.Context()))
	if wait := a.logins.Take(from); wait > 0 && from != "" {
		return "", tooMany("Many sign-ins were begun from your network", wait)
	}
	browser := cmp.Or(a.browser(r), newSecret())
	state := newSecret()
	if address, err = p.Begin(r.Context(), attempt(browser, state)); err != nil {
		return "", err
	}
	err = a.Store.AddLogin(r.Context(), store.Login{
		State: hash(state), Browser: hash(browser), Provider: provider, Next: clip(next, 2000),
		From: from, ExpiresAt: a.now().Add(LoginLife),
	}, loginRoom, a.now())
	if err != nil {
		return "", err
	}
	http.SetCookie(w, a.loginCookie(browser, int(LoginLife/time.Second)))
	return address, nil
}

// FinishLogin signs in whoever comes back from a provider, and is where to go then.
// What was begun is used up whatever the answer is.
func (a *Auth) FinishLogin(w http.ResponseWriter, r *http.Request, provider string) (next string, err error) {
	p, ok := a.provider(provider)
	if !ok {
		return "", dictumal.ErrNotFound
	}
	query := r.URL.Query()
	state := query["state"]
	if len(state) != 1 {
		return "", errNotBegun
	}
	login, err := a.Store.TakeLogin(r.Context(), hash(state[0]))
	if errors.Is(err, store.ErrNotFound) {
		return "", errNotBegun // and nobody is told: anyone can send as many as they like
	}
	if err != nil {
		return "", err
	}
	who, err := a.recognize(r, p, login, state[0], query)
	var user dictumal.User
	if err == nil {
		user, err = a.admit(r.Context(), who)
	}
	if err != nil {
		unknown := dictumal.Principal{User: dictumal.User{Email: who.Email}}
		a.tell(r.Context(), unknown, "sign-in.refused", provider, err)
		return "", err
	}
	http.SetCookie(w, a.loginCookie("", -1))
	return login.Next, a.Begin(w, r, user)
}

// Private

// loginRoom is plenty for people, and little for a database.
var loginRoom = store.LoginRoom{PerAddress: 100, Total: 10_000}

var errNotBegun = dictumal.NewError(dictumal.CodeForbidden,
	"This sign-in was not begun in this browser, was used already or took more than ten minutes; sign in again.")

// recognize finds out who came back, where the browser is the one that went, from
// where it was sent, in time.
func (a *Auth) recognize(r *http.Request, p *oidc.Provider, login store.Login, state string, query url.Values) (oidc.Identity, error) {
	browser := a.browser(r)
	same := subtle.ConstantTimeCompare([]byte(login.Browser), []byte(hash(browser))) == 1
	if !same || login.Provider != p.Name || !a.now().Before(login.ExpiresAt) {
		return oidc.Identity{}, errNotBegun
	}
	return p.Finish(r.Context(), attempt(browser, state), query)
}

func (a *Auth) provider(name string) (*oidc.Provider, bool) {
	for _, p := range a.Providers {
		if p.Name == name {
			return p, true
		}
	}
	return nil, false
}

// attempt is what one sign-in is recognized by. All of it follows from what the
// browser keeps, so that the database holds nothing that finishes a sign-in, and
// several can be under way in one browser.
func attempt(browser, state string) oidc.Attempt {
	derive := func(what string) string {
		mac := hmac.New(sha256.New, []byte(browser))
		mac.Write([]byte(what + " of " + state))
		return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	return oidc.Attempt{State: state, Nonce: derive("nonce"), Verifier: derive("verifier")}
}

// browser is the secret of a browser that has begun to sign in, if any.
func (a *Auth) browser(r *http.Request) string {
	for _, cookie := range r.CookiesNamed(a.loginCookieName()) {
		if len(cookie.Value) == len(newSecret()) {
			return cookie.Value
		}
	}
	return ""
}

func (a *Auth) loginCookieName() string { return a.cookieName("dictumal-sign-in") }

// loginCookie comes along when the provider sends the browser back, which is from
// another site but by a link.
func (a *Auth) loginCookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: a.loginCookieName(), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode,
	}
}

package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/aside"
)

// Middleware finds out who asks, once for each request. It refuses nobody: that
// is for those who know what is asked for. A request that brings a token is
// judged by the token alone, so that a browser's cookie never widens it. Ending a
// session or token ends what is still being answered to it.
func (a *Auth) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ends := a.recent.count()
		principal, ok, err := a.resolve(r)
		if err != nil {
			a.Fail(w, r, err)
			return
		}
		if ok {
			ctx, end := context.WithCancelCause(r.Context())
			defer end(nil)
			defer a.underWay.begin(cmp.Or(principal.Session, principal.Token), end)()
			if a.recent.count() != ends && !a.holds(r) {
				end(a.Revoked) // it ended between being found good and being under way
			}
			r = r.WithContext(WithPrincipal(ctx, principal))
		}
		next.ServeHTTP(w, r)
	})
}

// FromRequest returns who asks, and false where nobody known does.
func FromRequest(r *http.Request) (dictumal.Principal, bool) { return FromContext(r.Context()) }

// FromContext is FromRequest for those who have the context of the request only.
func FromContext(ctx context.Context) (dictumal.Principal, bool) {
	principal, ok := ctx.Value(principalKey{}).(dictumal.Principal)
	return principal, ok
}

// WithPrincipal says on whose behalf a context is used, where another door than
// cookie and token has told: the control socket.
func WithPrincipal(ctx context.Context, principal dictumal.Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, principal)
}

// Private

type principalKey struct{}

// resolve finds out who brought the request's secret, from memory where it was
// looked up a moment ago.
func (a *Auth) resolve(r *http.Request) (dictumal.Principal, bool, error) {
	var kind, secret string
	lookUp := a.bySession
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, bearer, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return dictumal.Principal{}, false, nil
		}
		kind, secret, lookUp = "bearer", strings.TrimSpace(bearer), a.byToken
	} else {
		kind, secret = "cookie", a.brought(r)
	}
	if secret == "" {
		return dictumal.Principal{}, false, nil
	}
	brought := sha256.Sum256([]byte(kind + " " + secret)) // one kind is never good as the other
	if principal, known := a.recent.get(brought, a.now()); known {
		return principal, true, nil
	}
	ends := a.recent.count()
	var principal dictumal.Principal
	var expires time.Time
	ok := false
	err := aside.Do(r.Context(), func(ctx context.Context) (err error) {
		principal, expires, ok, err = lookUp(ctx, secret)
		return err
	})
	if ok && err == nil {
		until := a.now().Add(trustFor)
		if expires.Before(until) {
			until = expires
		}
		a.recent.keep(brought, principal, until, ends)
	}
	return principal, ok, err
}

// holds tells whether the request's secret is good still.
func (a *Auth) holds(r *http.Request) bool {
	_, ok, err := a.resolve(r)
	return ok && err == nil
}

func (a *Auth) byToken(ctx context.Context, bearer string) (dictumal.Principal, time.Time, bool, error) {
	token, ok, err := a.token(ctx, bearer)
	return dictumal.Principal{User: token.User, Token: token.ID}, token.ExpiresAt, ok, err
}

func (a *Auth) bySession(ctx context.Context, cookie string) (dictumal.Principal, time.Time, bool, error) {
	session, ok, err := a.session(ctx, cookie)
	principal := dictumal.Principal{User: session.User, Session: session.ID, OnlyDesktop: session.OnlyDesktop}
	return principal, session.ExpiresAt, ok, err
}

// ended makes the end of a session or token known to what comes and to what is
// under way.
func (a *Auth) ended(id string) {
	a.recent.forget()
	a.underWay.end(id, a.Revoked)
}

package auth

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/aside"
	"github.com/dictumal/dictumal/internal/peer"
)

// Middleware finds out who asks, once for each request. It refuses nobody but those
// who guess: what else is refused is for those who know what is asked for. A request
// that brings a token is judged by the token alone, so that a browser's cookie never
// widens it. What is still being answered ends with its session or token, whether
// somebody has ended that or its time is over.
func (a *Auth) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, ok, err := a.resolve(r)
		if err != nil {
			a.Fail(w, r, err)
			return
		}
		if ok {
			p := found.principal
			p.From = peer.From(r.Context())
			ctx, end := context.WithCancelCause(r.Context())
			defer end(nil)
			ctx, stop := context.WithTimeoutCause(ctx, found.expires.Sub(a.now()), a.Revoked)
			defer stop()
			defer a.underWay.begin(cmp.Or(p.Session, p.Token), end)()
			if a.recent.count() != found.ends && !a.holds(r) {
				end(a.Revoked) // it ended between being found good and being under way
			}
			r = r.WithContext(WithPrincipal(ctx, p))
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

// The kinds of secrets.
const (
	byBearer = "bearer"
	byCookie = "cookie"
)

// resolve finds out who brought the request's secret, from memory where it was
// looked up a moment ago. What was wrong stays wrong, and is not looked up again;
// who brings many such is turned away, unless with what was good before.
func (a *Auth) resolve(r *http.Request) (acquaintance, bool, error) {
	kind, secret, lookUp := a.secret(r)
	if secret == "" {
		return acquaintance{}, false, nil
	}
	digest := digestOf(kind, secret)
	if found, known := a.recent.get(digest, a.now()); known {
		return found, true, nil
	}
	if a.wrong.Wait(string(digest[:])) > 0 {
		return acquaintance{}, false, nil
	}
	from := peer.From(r.Context())
	if !a.recent.met(digest) {
		if err := a.secrets.pass(kind, from); err != nil {
			return acquaintance{}, false, err
		}
	}
	found := acquaintance{ends: a.recent.count(), looked: a.now()}
	ok := false
	err := aside.Do(r.Context(), func(ctx context.Context) (err error) {
		ok, err = lookUp(ctx, &found)
		return err
	})
	switch {
	case err != nil:
		return acquaintance{}, false, err
	case ok:
		a.recent.keep(digest, found)
	default:
		a.recent.drop(digest)
		a.wrong.Take(string(digest[:]))
		a.secrets.wrong(kind, from)
	}
	return found, ok, nil
}

// secret is what the request brought, of which kind, and who knows whose it is.
func (a *Auth) secret(r *http.Request) (kind, secret string, lookUp func(context.Context, *acquaintance) (bool, error)) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, bearer, _ := strings.Cut(header, " ")
		if bearer = strings.TrimSpace(bearer); bearer == "" || !strings.EqualFold(scheme, "Bearer") {
			return "", "", nil
		}
		return byBearer, bearer, func(ctx context.Context, found *acquaintance) (bool, error) { return a.byToken(ctx, bearer, found) }
	}
	cookie := a.brought(r)
	if cookie == "" {
		return "", "", nil
	}
	return byCookie, cookie, func(ctx context.Context, found *acquaintance) (bool, error) { return a.bySession(ctx, cookie, found) }
}

// holds tells whether the request's secret is good still.
func (a *Auth) holds(r *http.Request) bool {
	_, ok, err := a.resolve(r)
	return ok && err == nil
}

// byToken finds whose a token is. One that may not do everything makes no admin of
// its bearer.
func (a *Auth) byToken(ctx context.Context, bearer string, found *acquaintance) (bool, error) {
	token, ok, err := a.token(ctx, bearer)
	if ok {
		token.User, ok = a.standing(token.User)
	}
	found.principal, found.expires = dictumal.Principal{User: token.User, Token: token.ID, Scopes: token.Scopes}, token.ExpiresAt
	found.principal.User.Admin = token.User.Admin && found.principal.May(dictumal.ScopeAdmin)
	return ok, err
}

// bySession finds whose a session is. One that a launch code has opened proves
// nothing about who sits there.
func (a *Auth) bySession(ctx context.Context, cookie string, found *acquaintance) (bool, error) {
	session, ok, err := a.session(ctx, cookie)
	if ok {
		session.User, ok = a.standing(session.User)
	}
	found.principal = dictumal.Principal{User: session.User, Session: session.ID, OnlyDesktop: session.OnlyDesktop}
	if session.OnlyDesktop == "" {
		found.principal.SignedInAt = session.CreatedAt
	}
	found.expires = session.ExpiresAt
	return ok, err
}

// ended makes the end of sessions and tokens known to what comes and to what is
// under way.
func (a *Auth) ended(ids ...string) {
	a.recent.forget()
	for _, id := range ids {
		a.underWay.end(id, a.Revoked)
	}
}

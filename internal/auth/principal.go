package auth

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/dictumal/dictumal"
)

// Middleware finds out who asks, once for each request. It refuses nobody: that
// is for those who know what is asked for. A request that brings a token is
// judged by the token alone, so that a browser's cookie never widens it. Ending a
// session or token ends what is still being answered to it.
func (a *Auth) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		principal, ok, err := a.resolve(r)
		if err != nil {
			a.Fail(w, r, err)
			return
		}
		if ok {
			ctx, end := context.WithCancelCause(r.Context())
			defer end(nil)
			defer a.underWay.begin(cmp.Or(principal.Session, principal.Token), end)()
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

func (a *Auth) resolve(r *http.Request) (dictumal.Principal, bool, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, bearer, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return dictumal.Principal{}, false, nil
		}
		token, ok, err := a.token(r.Context(), strings.TrimSpace(bearer))
		return dictumal.Principal{User: token.User, Token: token.ID}, ok, err
	}
	session, ok, err := a.session(r)
	return dictumal.Principal{User: session.User, Session: session.ID, OnlyDesktop: session.OnlyDesktop}, ok, err
}

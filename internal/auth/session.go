package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// SignOut ends the session of the browser.
func (a *Auth) SignOut(w http.ResponseWriter, r *http.Request) error {
	session, ok, err := a.session(r.Context(), a.brought(r))
	if err != nil || !ok {
		return err
	}
	if err := a.Store.RemoveSession(r.Context(), session.ID); err != nil {
		return err
	}
	a.ended(session.ID)
	http.SetCookie(w, a.cookie("", -1))
	return nil
}

// CookieName is the name of the session's cookie.
func (a *Auth) CookieName() string {
	if a.Secure {
		return "__Host-dictumal" // browsers take it from this host and through TLS only
	}
	return "dictumal"
}

// Private

// touchEvery is how exact the time of last use is, so that reading a page does
// not write a row each time.
const touchEvery = time.Minute

// begin starts a session in place of the one that the browser brought.
func (a *Auth) begin(w http.ResponseWriter, r *http.Request, user, onlyDesktop string) error {
	if present, ok, err := a.session(r.Context(), a.brought(r)); err != nil {
		return err
	} else if ok {
		if err := a.Store.RemoveSession(r.Context(), present.ID); err != nil {
			return err
		}
		a.recent.forget()
		defer a.underWay.end(present.ID, a.Revoked) // this request is among them
	}
	if err := a.Store.RemoveExpired(r.Context(), a.now()); err != nil {
		return err
	}
	life := SessionLife
	if onlyDesktop != "" {
		life = DesktopLife
	}
	id, secret := newSecret(), newSecret()
	err := a.Store.AddSession(r.Context(), store.Session{
		ID: id, SecretHash: hash(secret), User: dictumal.User{ID: user}, OnlyDesktop: onlyDesktop,
		Agent: clip(r.UserAgent(), 200), CreatedAt: a.now(), SeenAt: a.now(), ExpiresAt: a.now().Add(life),
	})
	if err != nil {
		return err
	}
	http.SetCookie(w, a.cookie(id+"."+secret, int(life/time.Second)))
	return nil
}

// session returns the session that a cookie names, and false where it names none
// that holds.
func (a *Auth) session(ctx context.Context, cookie string) (store.Session, bool, error) {
	id, secret, ok := strings.Cut(cookie, ".")
	if !ok {
		return store.Session{}, false, nil
	}
	session, err := a.Store.Session(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return store.Session{}, false, nil
	}
	if err != nil {
		return store.Session{}, false, err
	}
	now := a.now()
	known := subtle.ConstantTimeCompare([]byte(session.SecretHash), []byte(hash(secret))) == 1
	if !known || !now.Before(session.ExpiresAt) || now.Sub(session.SeenAt) >= SessionIdle {
		return store.Session{}, false, nil
	}
	if now.Sub(session.SeenAt) >= touchEvery {
		err = a.Store.TouchSession(ctx, id, now)
	}
	return session, true, err
}

// brought is the value of the session's cookie, if any.
func (a *Auth) brought(r *http.Request) string {
	for _, cookie := range r.CookiesNamed(a.CookieName()) {
		return cookie.Value
	}
	return ""
}

func (a *Auth) cookie(value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: a.CookieName(), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: a.Secure, SameSite: http.SameSiteLaxMode,
	}
}

func clip(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}

package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
)

// Begin gives the browser of somebody who has proven who they are a session, which
// is always a new one: whatever session the browser brought ends, so that nobody can
// prepare one for somebody else.
func (a *Auth) Begin(w http.ResponseWriter, r *http.Request, user dictumal.User) error {
	return a.begin(w, r, "", func(ctx context.Context, session store.Session) (store.Session, error) {
		session.User = user
		return session, a.Store.AddSession(ctx, session)
	})
}

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
	a.tell(r.Context(), dictumal.Principal{User: session.User, Session: session.ID}, "session.end", session.ID, nil)
	http.SetCookie(w, a.cookie("", -1))
	return nil
}

// CookieName is the name of the session's cookie.
func (a *Auth) CookieName() string { return a.cookieName("dictumal") }

// Private

// touchEvery is how exact the time of last use is, so that reading a page does
// not write a row each time.
const touchEvery = time.Minute

// entrance lets somebody in who has proven who they are, with the session that begins.
type entrance func(ctx context.Context, session store.Session) (store.Session, error)

// begin starts a session in place of the one that the browser brought.
func (a *Auth) begin(w http.ResponseWriter, r *http.Request, onlyDesktop string, enter entrance) error {
	life := SessionLife
	if onlyDesktop != "" {
		life = DesktopLife
	}
	ctx, secret, now := r.Context(), newSecret(), a.now()
	session, err := enter(ctx, store.Session{
		ID: newSecret(), SecretHash: hash(secret), OnlyDesktop: onlyDesktop, Agent: clip(r.UserAgent(), 200),
		From: peer.From(ctx), CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(life),
	})
	if err != nil {
		return err
	}
	present, ok, err := a.session(ctx, a.brought(r))
	if err != nil {
		return err
	}
	if ok {
		if err := a.replace(ctx, present); err != nil {
			return err
		}
		defer a.underWay.end(present.ID, a.Revoked) // this request is among them, so it comes last
	}
	_ = a.Store.RemoveExpired(ctx, now) // what has expired lets nobody in; the next sign-in tries again
	a.tell(ctx, dictumal.Principal{User: session.User, Session: session.ID}, "session.begin", session.ID, nil)
	cookie := a.cookie(session.ID+"."+secret, int(session.ExpiresAt.Sub(now)/time.Second))
	a.recent.meet(digestOf(byCookie, cookie.Value))
	http.SetCookie(w, cookie)
	if onlyDesktop != "" {
		return nil
	}
	return a.note(w, r, session.User)
}

// replace ends a session that has given way to another.
func (a *Auth) replace(ctx context.Context, present store.Session) error {
	if err := a.Store.RemoveSession(ctx, present.ID); err != nil {
		return err
	}
	a.recent.forget()
	a.tell(ctx, dictumal.Principal{User: present.User, Session: present.ID}, "session.end", present.ID, nil)
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
	known := subtle.ConstantTimeCompare([]byte(session.SecretHash), []byte(hash(secret))) == 1
	now, from := a.now(), peer.From(ctx)
	if !known || !inForce(session, now) {
		return store.Session{}, false, nil
	}
	if now.Sub(session.SeenAt) >= touchEvery || from != "" && from != session.From {
		err = a.Store.TouchSession(ctx, id, now, from)
	}
	return session, true, err
}

// inForce tells whether a session holds: neither is its time over, nor has it been
// left alone for too long.
func inForce(session store.Session, now time.Time) bool {
	return now.Before(session.ExpiresAt) && now.Sub(session.SeenAt) < SessionIdle
}

// keepInUse notes that sessions are used by what has been open for long. What the
// ids of tokens among them name is no session, and stays as it is.
func (a *Auth) keepInUse(ids []string) {
	for _, id := range ids {
		// Nobody is there to be told of a failure; the next time comes within the hour.
		_ = a.Store.TouchSession(context.Background(), id, a.now(), "")
	}
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

// cookieName is a name that browsers take from this host and through TLS only,
// where there is TLS.
func (a *Auth) cookieName(name string) string {
	if a.Secure {
		return "__Host-" + name
	}
	return name
}

func clip(text string, most int) string {
	if len(text) > most {
		text = text[:most]
	}
	return strings.ToValidUTF8(text, "")
}

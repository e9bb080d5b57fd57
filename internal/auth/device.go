package auth

import (
	"context"
	"net/http"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
)

// SignIns lists when, with what and from where somebody has signed in of late, the
// newest first.
func (a *Auth) SignIns(ctx context.Context, p dictumal.Principal) ([]store.SignIn, error) {
	if err := mayManage(p); err != nil {
		return nil, err
	}
	return a.Store.SignIns(ctx, p.User.ID, shownSignIns)
}

// Private

const (
	shownSignIns = 10
	// deviceLife is as long as browsers keep a cookie.
	deviceLife = 400 * day
)

// note writes a sign-in down. The browser keeps a mark of its own, so that people are
// told of one that they have not used before. It opens nothing: whoever steals it is
// taken for the same browser in a list, and no more.
func (a *Auth) note(w http.ResponseWriter, r *http.Request, user dictumal.User) error {
	cookie := a.cookie(newSecret(), int(deviceLife/time.Second))
	cookie.Name = a.cookieName("dictumal-device")
	for _, brought := range r.CookiesNamed(cookie.Name) {
		if len(brought.Value) == len(cookie.Value) {
			cookie.Value = brought.Value
		}
	}
	http.SetCookie(w, cookie)
	return a.Store.AddSignIn(r.Context(), store.SignIn{
		Account: user.ID, At: a.now(), Device: hash(cookie.Value), Agent: clip(r.UserAgent(), 200), From: peer.From(r.Context()),
	})
}

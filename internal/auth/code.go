package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// SignInCode makes a code that signs a user in, once.
func (a *Auth) SignInCode(ctx context.Context, user string) (string, error) {
	code := newSecret()
	return code, a.Store.AddCode(ctx, store.Code{
		Hash: hash(code), Kind: store.SignInCode, Account: user, ExpiresAt: a.now().Add(SignInLife),
	})
}

// LaunchCode makes a code that opens one desktop of a user, once.
func (a *Auth) LaunchCode(ctx context.Context, user, deployment string) (string, error) {
	code := newSecret()
	return code, a.Store.AddCode(ctx, store.Code{
		Hash: hash(code), Kind: store.LaunchCode, Account: user, Deployment: deployment, ExpiresAt: a.now().Add(LaunchLife),
	})
}

// SignIn uses up a sign-in code and gives the browser a session of its own,
// which is always a new one: whatever session the browser brought ends, so that
// nobody can prepare one for somebody else.
func (a *Auth) SignIn(w http.ResponseWriter, r *http.Request, code string) error {
	user, err := a.use(r.Context(), store.Code{Hash: hash(code), Kind: store.SignInCode})
	if err != nil {
		return err
	}
	return a.begin(w, r, user, "")
}

// OpenDesktop uses up a launch code and gives the browser a session that may open
// this desktop only. A browser that is signed in as the same user keeps the
// session that it has; one that is signed in as someone else is refused.
func (a *Auth) OpenDesktop(w http.ResponseWriter, r *http.Request, code, deployment string) error {
	present, signedIn, err := a.session(r.Context(), a.brought(r))
	if err != nil {
		return err
	}
	user, err := a.use(r.Context(), store.Code{
		Hash: hash(code), Kind: store.LaunchCode, Deployment: deployment, Account: present.User.ID,
	})
	if err != nil {
		return err
	}
	if signedIn && (present.OnlyDesktop == "" || present.OnlyDesktop == deployment) {
		return nil
	}
	return a.begin(w, r, user, deployment)
}

// Private

func (a *Auth) use(ctx context.Context, code store.Code) (user string, err error) {
	user, err = a.Store.UseCode(ctx, code, a.now())
	if errors.Is(err, store.ErrNotFound) {
		return "", dictumal.ErrLink
	}
	return user, err
}

package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
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

// SignIn uses up a sign-in code and begins a session.
func (a *Auth) SignIn(w http.ResponseWriter, r *http.Request, code string) error {
	user, err := a.use(r.Context(), store.Code{Hash: hash(code), Kind: store.SignInCode})
	if err != nil {
		return err
	}
	return a.Begin(w, r, user)
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

// use uses a code up and returns whose it is. Who brings many wrong ones is turned
// away before anything is looked up or written down.
func (a *Auth) use(ctx context.Context, code store.Code) (dictumal.User, error) {
	gate, from := a.codes[code.Kind], peer.From(ctx)
	if err := gate.pass(from); err != nil {
		return dictumal.User{}, err
	}
	user, err := a.Store.UseCode(ctx, code, a.now())
	if errors.Is(err, store.ErrNotFound) {
		gate.wrong(from)
		a.tell(ctx, dictumal.Principal{}, "sign-in.refused", code.Deployment, dictumal.ErrLink)
		return dictumal.User{}, dictumal.ErrLink
	}
	if err != nil {
		return dictumal.User{}, err
	}
	known, err := a.Store.User(ctx, user)
	if err == nil {
		err = unblocked(known)
	}
	if errors.Is(err, dictumal.ErrBlocked) {
		a.tell(ctx, dictumal.Principal{User: known}, "sign-in.refused", code.Deployment, err)
	}
	return known, err
}

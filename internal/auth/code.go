package auth

import (
	"context"
	"errors"
	"net/http"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
)

// SignInCode makes a code that signs the user of a principal in, once.
func (a *Auth) SignInCode(ctx context.Context, p dictumal.Principal) (string, error) {
	code := newSecret()
	err := a.Store.AddCode(ctx, store.Code{
		Hash: hash(code), Kind: store.SignInCode, Account: p.User.ID, ExpiresAt: a.now().Add(SignInLife),
	})
	a.tell(ctx, p, "sign-in.link", p.User.ID, err)
	return code, err
}

// LaunchCode makes a code that opens one desktop of the user of a principal, once. It
// ends with the token that the principal has, and so does what it opens.
func (a *Auth) LaunchCode(ctx context.Context, p dictumal.Principal, deployment string) (string, error) {
	code, token := newSecret(), p.Token
	if token == dictumal.SocketToken {
		token = "" // it is in no table, and never ends
	}
	return code, a.Store.AddCode(ctx, store.Code{
		Hash: hash(code), Kind: store.LaunchCode, Account: p.User.ID, Deployment: deployment, Token: token, ExpiresAt: a.now().Add(LaunchLife),
	})
}

// SignIn uses up a sign-in code and begins a session.
func (a *Auth) SignIn(w http.ResponseWriter, r *http.Request, code string) error {
	return a.begin(w, r, "", a.with(store.Code{Hash: hash(code), Kind: store.SignInCode}))
}

// OpenDesktop uses up a launch code and gives the browser a session that may open
// this desktop only. A browser that is signed in as the same user keeps the
// session that it has; one that is signed in as someone else is refused.
func (a *Auth) OpenDesktop(w http.ResponseWriter, r *http.Request, code, deployment string) error {
	present, signedIn, err := a.session(r.Context(), a.brought(r))
	if err != nil {
		return err
	}
	enter := a.with(store.Code{Hash: hash(code), Kind: store.LaunchCode, Deployment: deployment, Account: present.User.ID})
	if signedIn && (present.OnlyDesktop == "" || present.OnlyDesktop == deployment) {
		_, err := enter(r.Context(), store.Session{})
		return err
	}
	return a.begin(w, r, deployment, enter)
}

// Private

// with uses a code up for a session. Who brings many wrong ones is turned away before
// anything is looked up or written down.
func (a *Auth) with(code store.Code) entrance {
	return func(ctx context.Context, session store.Session) (store.Session, error) {
		gate, from := a.codes[code.Kind], peer.From(ctx)
		if err := gate.pass(string(code.Kind), from); err != nil {
			return store.Session{}, err
		}
		session, err := a.Store.UseCode(ctx, code, session, a.now())
		if errors.Is(err, store.ErrNotFound) {
			gate.wrong(string(code.Kind), from)
			a.tell(ctx, dictumal.Principal{}, "sign-in.refused", code.Deployment, dictumal.ErrLink)
			return store.Session{}, dictumal.ErrLink
		}
		if err != nil {
			return store.Session{}, err
		}
		err = unblocked(session.User)
		if err != nil {
			a.tell(ctx, dictumal.Principal{User: session.User}, "sign-in.refused", code.Deployment, err)
		}
		return session, err
	}
}

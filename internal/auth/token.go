package auth

import (
	"context"
	"errors"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/store"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets know it.
const TokenPrefix = "dictumal_"

// ErrSignInAgain answers those who signed in too long ago for what they want.
var ErrSignInAgain = dictumal.NewError(dictumal.CodeForbidden,
	"Making a token takes a sign-in of the last 15 minutes, since it outlives the session; sign in again, then make it.")

// CreateToken makes an API token. It is shown this once.
func (a *Auth) CreateToken(ctx context.Context, p dictumal.Principal, wish Wish) (secret string, made store.Token, err error) {
	secret, made, err = a.createToken(ctx, p, wish)
	a.tell(ctx, p, "token.create", made.ID, err)
	return secret, made, err
}

// Tokens lists the tokens of whoever asks, newest first. The command line's socket
// is told of everybody's, or of those of the user with the e-mail.
func (a *Auth) Tokens(ctx context.Context, p dictumal.Principal, email string) ([]store.Token, error) {
	user, err := a.holder(ctx, p, email)
	if err != nil {
		return nil, err
	}
	if p.Token == dictumal.SocketToken && email == "" {
		user.ID = ""
	}
	return a.Store.Tokens(ctx, user.ID)
}

// RevokeToken ends a token of whoever asks, what is open by it, and what its links
// have opened; the command line's socket ends anybody's.
func (a *Auth) RevokeToken(ctx context.Context, p dictumal.Principal, id string) error {
	err := a.revokeToken(ctx, p, id)
	a.tell(ctx, p, "token.revoke", id, err)
	return err
}

// NeedsSignIn tells whether somebody has to sign in again before they make a token.
func (a *Auth) NeedsSignIn(p dictumal.Principal) bool {
	return p.Token != dictumal.SocketToken && a.now().Sub(p.SignedInAt) >= Fresh
}

// Private

func (a *Auth) createToken(ctx context.Context, p dictumal.Principal, wish Wish) (string, store.Token, error) {
	user, err := a.holder(ctx, p, wish.Email)
	if err != nil {
		return "", store.Token{}, err
	}
	if err := unblocked(user); err != nil {
		return "", store.Token{}, err
	}
	if a.NeedsSignIn(p) {
		return "", store.Token{}, ErrSignInAgain
	}
	if p.Token == dictumal.SocketToken && len(wish.Scopes) == 0 {
		wish.Scopes = []dictumal.Scope{dictumal.ScopeAdmin}
	}
	if wish, err = wish.settle(); err != nil {
		return "", store.Token{}, err
	}
	if p.Token != dictumal.SocketToken {
		if wait := a.tokens.Take(user.ID); wait > 0 {
			return "", store.Token{}, tooMany("You have made many tokens in a short time", wait)
		}
	}
	secret, now := TokenPrefix+newSecret(), a.now()
	token := store.Token{
		ID: ulid.Make().String(), Hash: hash(secret), User: user, Name: wish.Name, Scopes: wish.Scopes,
		CreatedAt: now, ExpiresAt: now.Add(wish.Life),
	}
	if err := a.Store.AddToken(ctx, token); err != nil {
		return "", store.Token{}, err
	}
	return secret, token, nil
}

func (a *Auth) revokeToken(ctx context.Context, p dictumal.Principal, id string) error {
	if err := mayManage(p); err != nil {
		return err
	}
	account := p.User.ID
	if p.Token == dictumal.SocketToken {
		account = ""
	}
	opened, err := a.Store.RemoveToken(ctx, account, id)
	if errors.Is(err, store.ErrNotFound) {
		return dictumal.ErrNotFound
	}
	if err == nil {
		a.ended(append(opened, id)...)
	}
	return err
}

// holder is whose tokens somebody may manage: their own. Whoever has the command
// line's socket owns the data folder, and so speaks for everybody.
func (a *Auth) holder(ctx context.Context, p dictumal.Principal, email string) (dictumal.User, error) {
	if err := mayManage(p); err != nil {
		return dictumal.User{}, err
	}
	if email == "" || strings.EqualFold(email, p.User.Email) {
		return p.User, nil
	}
	if p.Token != dictumal.SocketToken {
		return dictumal.User{}, dictumal.NewError(dictumal.CodeForbidden,
			"A token is made for somebody else on the server only; run there: dictumal token create --user "+email)
	}
	return a.User(ctx, email)
}

func (a *Auth) token(ctx context.Context, bearer string) (store.Token, bool, error) {
	if !strings.HasPrefix(bearer, TokenPrefix) {
		return store.Token{}, false, nil
	}
	token, err := a.Store.TokenByHash(ctx, hash(bearer))
	if errors.Is(err, store.ErrNotFound) {
		return store.Token{}, false, nil
	}
	if err != nil || !a.now().Before(token.ExpiresAt) {
		return store.Token{}, false, err
	}
	from := peer.From(ctx)
	if a.now().Sub(token.UsedAt) >= touchEvery || from != "" && from != token.From {
		err = a.Store.TouchToken(ctx, token.ID, a.now(), from)
	}
	return token, true, err
}

package auth

import (
	"context"
	"errors"
	"strings"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// TokenPrefix begins every API token, so that scanners for leaked secrets know it.
const TokenPrefix = "dictumal_"

// CreateToken makes an API token of a user. It is shown this once.
func (a *Auth) CreateToken(ctx context.Context, user, name string) (string, error) {
	token := TokenPrefix + newSecret()
	return token, a.Store.AddToken(ctx, store.Token{
		ID: ulid.Make().String(), Hash: hash(token), User: dictumal.User{ID: user}, Name: clip(name, 100),
		CreatedAt: a.now(), ExpiresAt: a.now().Add(TokenLife),
	})
}

// Tokens lists the tokens of a user, newest first.
func (a *Auth) Tokens(ctx context.Context, user string) ([]store.Token, error) {
	return a.Store.Tokens(ctx, user)
}

// RevokeToken ends a token of a user.
func (a *Auth) RevokeToken(ctx context.Context, user, id string) error {
	err := a.Store.RemoveToken(ctx, user, id)
	if errors.Is(err, store.ErrNotFound) {
		return dictumal.ErrNotFound
	}
	if err == nil {
		a.ended(id)
	}
	return err
}

// Private

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
	if a.now().Sub(token.UsedAt) >= touchEvery {
		err = a.Store.TouchToken(ctx, token.ID, a.now())
	}
	return token, true, err
}

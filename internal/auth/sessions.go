package auth

import (
	"context"
	"errors"
	"slices"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Sessions lists the sessions of a user that still hold, the last used first.
func (a *Auth) Sessions(ctx context.Context, user string) ([]store.Session, error) {
	all, err := a.Store.Sessions(ctx, user)
	now := a.now()
	return slices.DeleteFunc(all, func(s store.Session) bool {
		return !now.Before(s.ExpiresAt) || now.Sub(s.SeenAt) >= SessionIdle
	}), err
}

// EndSession ends a session of a user.
func (a *Auth) EndSession(ctx context.Context, user, id string) error {
	err := a.Store.RemoveSessionOf(ctx, user, id)
	if errors.Is(err, store.ErrNotFound) {
		return dictumal.ErrNotFound
	}
	if err == nil {
		a.ended(id)
	}
	return err
}

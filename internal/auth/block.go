package auth

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Block keeps a user out until they are unblocked, and ends what they have open. Their
// desktops, grants and tokens stay, and open nothing meanwhile.
func (a *Auth) Block(ctx context.Context, p dictumal.Principal, user string) error {
	err := a.block(ctx, p, user, a.now())
	a.tell(ctx, p, "user.block", user, err)
	return err
}

// Unblock lets a user in again, who signs in anew for that.
func (a *Auth) Unblock(ctx context.Context, p dictumal.Principal, user string) error {
	err := a.block(ctx, p, user, time.Time{})
	a.tell(ctx, p, "user.unblock", user, err)
	return err
}

// SignOutOf signs a user out everywhere, and returns how many sessions that has ended.
// Their tokens stay good.
func (a *Auth) SignOutOf(ctx context.Context, p dictumal.Principal, user string) (int, error) {
	count, err := a.signOutOf(ctx, p, user)
	a.tell(ctx, p, "session.end-all", user, err)
	return count, err
}

// Private

func (a *Auth) block(ctx context.Context, p dictumal.Principal, user string, at time.Time) error {
	known, err := a.subject(ctx, p, user)
	switch {
	case err != nil:
		return err
	case operates(known):
		return dictumal.NewError(dictumal.CodeConflict, "This is whoever runs the server, whom nobody can block.")
	case known.ID == p.User.ID || known.Email == p.User.Email:
		return dictumal.NewError(dictumal.CodeConflict, "Nobody can block themselves; ask another administrator.")
	}
	by, err := a.Store.Block(ctx, user, at)
	a.ended(by...)
	return err
}

func (a *Auth) signOutOf(ctx context.Context, p dictumal.Principal, user string) (int, error) {
	if _, err := a.subject(ctx, p, user); err != nil {
		return 0, err
	}
	ended, err := a.Store.RemoveSessionsOf(ctx, user, "")
	a.ended(ended...)
	return len(ended), err
}

// subject is the user to whom an administrator wants to do something.
func (a *Auth) subject(ctx context.Context, p dictumal.Principal, user string) (dictumal.User, error) {
	if err := p.Administers(); err != nil {
		return dictumal.User{}, err
	}
	known, err := a.Store.User(ctx, user)
	if errors.Is(err, store.ErrNotFound) {
		err = dictumal.ErrNotFound
	}
	return known, err
}

// unblocked refuses a user who is kept out.
func unblocked(user dictumal.User) error {
	if user.BlockedAt.IsZero() {
		return nil
	}
	return dictumal.ErrBlocked
}

// welcome refuses an e-mail by which somebody is kept out: who comes by another
// provider, or with an account made anew, is another user and the same person.
func (a *Auth) welcome(ctx context.Context, email string) error {
	known, err := a.Store.UsersByEmail(ctx, email)
	if err == nil && slices.ContainsFunc(known, func(u dictumal.User) bool { return unblocked(u) != nil }) {
		err = dictumal.ErrBlocked
	}
	return err
}

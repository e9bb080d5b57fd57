package auth

import (
	"context"
	"errors"
	"slices"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Sessions lists the sessions of whoever asks that still hold, the last used first.
func (a *Auth) Sessions(ctx context.Context, p dictumal.Principal) ([]store.Session, error) {
	if err := mayManage(p); err != nil {
		return nil, err
	}
	all, err := a.Store.Sessions(ctx, p.User.ID)
	now := a.now()
	return slices.DeleteFunc(all, func(s store.Session) bool { return !inForce(s, now) }), err
}

// EndSession ends a session of whoever asks, and what is open by it.
func (a *Auth) EndSession(ctx context.Context, p dictumal.Principal, id string) error {
	err := a.endSession(ctx, p, id)
	a.tell(ctx, p, "session.end", id, err)
	return err
}

// EndSessions signs whoever asks out everywhere, with or without the browser that
// they ask from, and returns how many sessions that has ended.
func (a *Auth) EndSessions(ctx context.Context, p dictumal.Principal, here bool) (int, error) {
	count, err := a.endSessions(ctx, p, here)
	a.tell(ctx, p, "session.end-all", "", err)
	return count, err
}

// Private

func (a *Auth) endSession(ctx context.Context, p dictumal.Principal, id string) error {
	if err := mayManage(p); err != nil {
		return err
	}
	err := a.Store.RemoveSessionOf(ctx, p.User.ID, id)
	if errors.Is(err, store.ErrNotFound) {
		return dictumal.ErrNotFound
	}
	if err == nil {
		a.ended(id)
	}
	return err
}

func (a *Auth) endSessions(ctx context.Context, p dictumal.Principal, here bool) (int, error) {
	if err := mayManage(p); err != nil {
		return 0, err
	}
	except := p.Session
	if here {
		except = ""
	}
	ended, err := a.Store.RemoveSessionsOf(ctx, p.User.ID, except)
	a.ended(ended...)
	return len(ended), err
}

// mayManage refuses programs, and what is bound to one desktop: a token must not
// make another one that outlives it, nor lock its owner out.
func mayManage(p dictumal.Principal) error {
	if p.Token == dictumal.SocketToken || p.Session != "" && p.OnlyDesktop == "" {
		return nil
	}
	return dictumal.NewError(dictumal.CodeForbidden,
		"Sessions and tokens are managed by people who have signed in, not by programs; sign in with a browser first.")
}

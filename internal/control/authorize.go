package control

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Who may do what is decided here, but for what concerns the whole installation, which
// principals know themselves. Every other use case begins with one of the functions of
// this file: allow where it concerns no object or only what is the principal's own,
// reach where it concerns a deployment.

// Private

// act is what somebody wants to do with a deployment.
type act int

const (
	toSee     act = iota // how it is doing, and by which rights its desktop is seen
	toOpen               // its desktop
	toRead               // its story, boot log, receipt, and to whom it is open
	toChange             // its end, its successor, to whom it is open
	toDestroy            // it
	toForget             // it, without a proof that its machine is gone
)

// role is what somebody is to a deployment.
type role int

const (
	owner  role = iota // it is theirs
	viewer             // its owner has opened it to them
	admin              // neither, and the installation is theirs
	bound              // a session of the first two that opens this desktop and no more
)

// rule says what an act takes of a token, and who else may do it.
type rule struct {
	scope dictumal.Scope
	roles []role
}

func (a act) rule() rule {
	switch a {
	case toSee:
		return rule{dictumal.ScopeRead, []role{owner, viewer, admin, bound}}
	case toOpen:
		return rule{dictumal.ScopeLaunch, []role{owner, viewer, bound}}
	case toRead:
		return rule{dictumal.ScopeRead, []role{owner, admin}}
	case toChange:
		return rule{dictumal.ScopeDeploy, []role{owner}}
	case toDestroy:
		return rule{dictumal.ScopeDeploy, []role{owner, admin}}
	case toForget:
		return rule{dictumal.ScopeAdmin, []role{admin}}
	}
	return rule{scope: dictumal.ScopeAdmin} // nobody
}

// access is by what right somebody has come to a deployment.
type access struct {
	roles []role
	grant dictumal.Grant // of a viewer
}

func (a access) is(r role) bool { return slices.Contains(a.roles, r) }

// allow refuses a token without the scope, and a session that is for one desktop only.
func allow(p dictumal.Principal, scope dictumal.Scope) error {
	if err := p.Scoped(scope); err != nil {
		return err
	}
	if p.OnlyDesktop != "" {
		return dictumal.ErrOneDesktop
	}
	return nil
}

// administers tells whether somebody may use what an admin may. A token needs the
// scope for it: one that was made to look at one's own sees nobody else's.
func administers(p dictumal.Principal) bool { return p.Administers() == nil }

// reach reads a deployment for somebody who wants to do something with it. Who may not
// see it is told what is told of one that is missing, after the same reads; who may see
// it and no more is told so. An owner costs one read.
func reach[T any](ctx context.Context, c *Control, p dictumal.Principal, to act, id string,
	read func(context.Context, string) (T, error), ownerOf func(T) string,
) (found T, by access, err error) {
	var none T
	if err := p.Scoped(to.rule().scope); err != nil {
		return none, access{}, err
	}
	found, err = read(ctx, id)
	absent := errors.Is(err, store.ErrNotFound)
	if err != nil && !absent {
		return none, access{}, err
	}
	by, err = c.access(ctx, p, id, ownerOf(found))
	switch {
	case err != nil:
		return none, access{}, err
	case absent || len(by.roles) == 0:
		return none, access{}, dictumal.ErrNotFound
	}
	if !slices.ContainsFunc(to.rule().roles, by.is) {
		return none, access{}, refuse(by.roles[0])
	}
	return found, by, nil
}

// see is reach for what people are shown of a deployment.
func (c *Control) see(ctx context.Context, p dictumal.Principal, to act, id string) (dictumal.Deployment, access, error) {
	return reach(ctx, c, p, to, id, c.Store.Shown, func(d dictumal.Deployment) string { return d.Owner })
}

// row is reach for a whole row.
func (c *Control) row(ctx context.Context, p dictumal.Principal, to act, id string) (store.Row, access, error) {
	return reach(ctx, c, p, to, id, c.Store.Deployment, func(r store.Row) string { return r.Owner })
}

// access finds out what a principal is to a deployment.
func (c *Control) access(ctx context.Context, p dictumal.Principal, id, ownedBy string) (by access, err error) {
	own := p.Owns(ownedBy)
	if !own {
		if by.grant, err = c.grantOf(ctx, p, id); err != nil {
			return access{}, err
		}
	}
	switch {
	case p.OnlyDesktop != "":
		if p.OnlyDesktop == id && (own || by.grant.ID != "") {
			by.roles = append(by.roles, bound)
		}
		return by, nil
	case own:
		by.roles = append(by.roles, owner)
	case by.grant.ID != "":
		by.roles = append(by.roles, viewer)
	}
	if administers(p) {
		by.roles = append(by.roles, admin)
	}
	return by, nil
}

// grantOf is the grant that a principal has for a deployment; zero where there is none.
func (c *Control) grantOf(ctx context.Context, p dictumal.Principal, id string) (dictumal.Grant, error) {
	email := address(p)
	if email == "" {
		return dictumal.Grant{}, nil
	}
	g, err := c.Store.Grant(ctx, id, email)
	if errors.Is(err, store.ErrNotFound) {
		return dictumal.Grant{}, nil
	}
	return g, wrap("look for a grant", err)
}

// address is by what a principal is meant in a grant.
func address(p dictumal.Principal) string { return strings.ToLower(p.User.Email) }

// readable refuses a version of a constitution to those who may not read it: it is for
// its owner, and for admins while it governs a deployment.
func (c *Control) readable(ctx context.Context, p dictumal.Principal, version dictumal.Constitution) error {
	if p.Owns(version.Owner) {
		return nil
	}
	if !administers(p) {
		return dictumal.ErrNotFound
	}
	governs, err := c.Store.Governs(ctx, version.ID, version.Version)
	if err == nil && !governs {
		err = dictumal.ErrNotFound
	}
	return wrap("read what governs", err)
}

// refuse tells somebody who may see a deployment that this is not for them.
func refuse(r role) error {
	sentence := "Only an administrator may do this; ask one of them."
	switch r {
	case viewer:
		sentence = "This desktop is shared with you to be opened; everything else is for its owner."
	case admin:
		sentence = "This is somebody else's: an administrator may see how a desktop is doing, read what governs it and destroy it, and the rest is for its owner."
	case bound:
		return dictumal.ErrOneDesktop
	case owner:
	}
	return dictumal.NewError(dictumal.CodeForbidden, sentence)
}

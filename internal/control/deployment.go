package control

import (
	"cmp"
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

// Page is a part of a list.
type Page struct {
	Limit int    // 0: 50; at most 200
	After string // the last id of the page before
}

const (
	defaultLimit = 50
	maxLimit     = 200
)

// Deployments returns the principal's deployments that are not destroyed, newest
// first, and the id to ask for the next page with; empty where there is none.
func (c *Control) Deployments(ctx context.Context, p dictumal.Principal, page Page) (list []dictumal.Deployment, next string, err error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return nil, "", err
	}
	limit := page.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	list, err = c.Store.Deployments(ctx, p.User.ID, page.After, limit+1)
	if err != nil {
		return nil, "", wrap("list deployments", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, nil
}

// DeploymentsOf returns the principal's deployments of one constitution, newest first.
func (c *Control) DeploymentsOf(ctx context.Context, p dictumal.Principal, constitution string) ([]dictumal.Deployment, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return nil, err
	}
	list, err := c.Store.DeploymentsOf(ctx, p.User.ID, constitution)
	return list, wrap("list deployments", err)
}

// Deployment returns one deployment, destroyed or not. Who may only open its desktop
// is shown no more of it than that takes.
func (c *Control) Deployment(ctx context.Context, p dictumal.Principal, id string) (dictumal.Deployment, error) {
	d, by, err := c.see(ctx, p, toSee, id)
	if err != nil {
		return dictumal.Deployment{}, err
	}
	return by.shown(d), nil
}

// Destroy asks for the end of a deployment, and returns it as it is now. Asking
// again changes nothing.
func (c *Control) Destroy(ctx context.Context, p dictumal.Principal, id string) (_ dictumal.Deployment, err error) {
	defer func() { c.tell(ctx, p, "deployment.destroy", id, err) }()
	before, _, err := c.row(ctx, p, toDestroy, id)
	if err != nil {
		return dictumal.Deployment{}, err
	}
	row, err := c.Store.MarkDestroying(ctx, before.Owner, id, "Destroy was asked for by "+who(p)+".")
	if err != nil {
		return dictumal.Deployment{}, missing(err)
	}
	if row.Status != before.Status {
		c.Moved(before.Status, row.Deployment)
	}
	c.Close(id)
	c.Wake()
	return row.Deployment, nil
}

// Forget gives a deployment up whose machine the provider will never confirm to be
// gone, as when its token was revoked for ever. It is for admins, whoever owns it.
func (c *Control) Forget(ctx context.Context, p dictumal.Principal, id string) (_ dictumal.Deployment, err error) {
	defer func() { c.tell(ctx, p, "deployment.forget", id, err) }()
	row, _, err := c.row(ctx, p, toForget, id)
	switch {
	case err != nil:
		return dictumal.Deployment{}, err
	case row.Status == dictumal.Destroyed:
		return row.Deployment, nil
	case row.Status != dictumal.Destroying && row.Status != dictumal.Errored:
		return dictumal.Deployment{}, dictumal.NewError(dictumal.CodeConflict,
			"Only a deployment that is being destroyed or has failed can be forgotten; destroy it first.")
	}
	before := row.Status
	row, err = c.Store.MarkForgotten(ctx, id, fmt.Sprintf("Forgotten by %s; not confirmed: the machine %s may still run at %s, and cost money. Look there.",
		cmp.Or(p.User.Email, "an admin"), cmp.Or(row.MachineName, "of this deployment"), c.Provider.Traits().Name))
	if err == nil && row.Status != before {
		c.Moved(before, row.Deployment)
	}
	c.Close(id)
	return row.Deployment, wrap("forget", err)
}

// Private

func who(p dictumal.Principal) string {
	if p.User.Email != "" {
		return p.User.Email
	}
	return "its owner"
}

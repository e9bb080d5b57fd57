package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

const (
	mostGrants = 50 // of one desktop
	mostShared = 50 // that somebody is shown of what is shared with them
)

// ShareRequest asks that somebody else may open a desktop.
type ShareRequest struct {
	Email   string
	Control dictumal.Control // empty: full, as far as the constitution goes
}

// Share lets whoever signs in with an address open a desktop. Asked again with other
// rights it replaces them; it is false where nothing has changed.
func (c *Control) Share(ctx context.Context, p dictumal.Principal, id string, ask ShareRequest) (g dictumal.Grant, made bool, err error) {
	defer func() { c.tellGrant(ctx, p, "grant.create", id, g, err) }()
	d, _, err := c.see(ctx, p, toChange, id)
	if err != nil {
		return dictumal.Grant{}, false, err
	}
	if g, err = settle(p, d, ask); err != nil {
		return dictumal.Grant{}, false, err
	}
	earlier, err := c.Store.Grant(ctx, id, g.Email)
	if err == nil && earlier.Control == g.Control {
		return earlier, false, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return dictumal.Grant{}, false, wrap("share", err)
	}
	replaced, err := c.Store.AddGrant(ctx, g, mostGrants, fmt.Sprintf("Shared with %s, %s.", g.Email, controlWords(g.Control)))
	if errors.Is(err, store.ErrManyGrants) {
		return dictumal.Grant{}, false, dictumal.NewError(dictumal.CodeConflict, fmt.Sprintf(
			"This desktop is shared with %d people already, which is as many as can be; take it back from one of them first.", mostGrants))
	}
	if err != nil {
		return dictumal.Grant{}, false, wrap("share", err)
	}
	if replaced != "" {
		c.Cut(replaced, true)
	}
	return g, true, nil
}

// Unshare takes a grant back, and ends what is open by it.
func (c *Control) Unshare(ctx context.Context, p dictumal.Principal, id, grant string) (err error) {
	var g dictumal.Grant
	defer func() { c.tellGrant(ctx, p, "grant.revoke", id, g, err) }()
	if _, _, err := c.see(ctx, p, toChange, id); err != nil {
		return err
	}
	g, err = c.Store.RemoveGrant(ctx, id, grant, func(g dictumal.Grant) string {
		return fmt.Sprintf("No longer shared with %s.", g.Email)
	})
	if err != nil {
		return wrap("unshare", missing(err))
	}
	c.Cut(grant, false)
	return nil
}

// Grants lists who else may open a desktop, the oldest grant first.
func (c *Control) Grants(ctx context.Context, p dictumal.Principal, id string) ([]dictumal.Grant, error) {
	if _, _, err := c.see(ctx, p, toRead, id); err != nil {
		return nil, err
	}
	grants, err := c.Store.Grants(ctx, id)
	return grants, wrap("list grants", err)
}

// Shared lists the desktops of others that the principal may open, the newest first, as
// much as they may see of them.
func (c *Control) Shared(ctx context.Context, p dictumal.Principal) ([]dictumal.Deployment, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil || address(p) == "" {
		return nil, err
	}
	grants, err := c.Store.GrantsTo(ctx, address(p))
	if err != nil || len(grants) == 0 {
		return nil, wrap("list what is shared", err)
	}
	by := make(map[string]dictumal.Grant, len(grants))
	for _, g := range grants {
		by[g.Deployment] = g
	}
	all, err := c.Store.SharedWith(ctx, address(p), mostShared)
	shown := make([]dictumal.Deployment, 0, len(all))
	for _, d := range all {
		if g, ok := by[d.ID]; ok && !p.Owns(d.Owner) {
			shown = append(shown, access{grant: g}.shown(d))
		}
	}
	return shown, wrap("list what is shared", err)
}

// Private

// tellGrant is tell with whom it is about.
func (c *Control) tellGrant(ctx context.Context, p dictumal.Principal, action, id string, g dictumal.Grant, err error) {
	deed := p.Deed(action, clip(id, longestObject), err)
	if err == nil {
		deed.Detail = g.Email + ", " + string(g.Control)
	}
	c.Audit(ctx, deed)
}

// settle is the grant that is asked for, or what is wrong with it.
func settle(p dictumal.Principal, d dictumal.Deployment, ask ShareRequest) (dictumal.Grant, error) {
	email, ok := dictumal.ParseEmail(ask.Email)
	if !ok {
		return dictumal.Grant{}, fault("email", fmt.Sprintf("%q is not an e-mail address; write one like ada@example.org.", clip(ask.Email, dictumal.MaxEmail)))
	}
	g := dictumal.Grant{ID: newID(), Deployment: d.ID, Email: email, Control: ask.Control, By: p.User.ID, CreatedAt: now()}
	if g.Control == "" {
		g.Control = cmp.Or(d.Policy.Stream.Control, dictumal.ControlFull)
	}
	switch {
	case g.Control != dictumal.ControlFull && g.Control != dictumal.ControlViewOnly:
		return g, fault("control", fmt.Sprintf("Control %q is not known; write view-only or full.", clip(string(g.Control), dictumal.MaxEmail)))
	case g.Email == address(p):
		return g, fault("email", "This is your own address, and you may open your desktop already; write somebody else's.")
	case d.Policy.Stream.Control == dictumal.ControlViewOnly && g.Control == dictumal.ControlFull:
		return g, fault("control", "The constitution lets nobody do more than look at this desktop (stream.control); share it view-only.")
	case !d.Status.Live():
		return g, dictumal.NewError(dictumal.CodeConflict, "This desktop is not there any more, so it cannot be shared; deploy its constitution again.")
	}
	return g, nil
}

// holds tells whether a grant is as it was.
func (c *Control) holds(ctx context.Context, g dictumal.Grant) bool {
	present, err := c.Store.Grant(ctx, g.Deployment, g.Email)
	return err == nil && present.ID == g.ID
}

// rights are what somebody may do to the desktop.
func (a access) rights(policy dictumal.StreamPolicy) dictumal.StreamPolicy {
	if a.grant.ID == "" {
		return policy
	}
	return a.grant.Within(policy)
}

// guest tells whether somebody has a grant and no more.
func (a access) guest() bool { return a.grant.ID != "" && !a.is(admin) }

// shown is what somebody may see of a deployment. Whoever has a grant and no more
// learns nothing of machine, price, place or failure.
func (a access) shown(d dictumal.Deployment) dictumal.Deployment {
	d.Policy.Stream = a.rights(d.Policy.Stream)
	if !a.guest() {
		return d
	}
	return dictumal.Deployment{
		ID: d.ID, Status: d.Status, Stream: d.Stream, Policy: dictumal.Policy{Stream: d.Policy.Stream},
		Constitution: dictumal.ConstitutionRef{Title: d.Constitution.Title},
		Progress:     dictumal.Progress{Stage: d.Progress.Stage},
		CreatedAt:    d.CreatedAt, ActiveAt: d.ActiveAt, ExpiresAt: d.ExpiresAt, DestroyedAt: d.DestroyedAt,
	}
}

func controlWords(control dictumal.Control) string {
	if control == dictumal.ControlViewOnly {
		return "to look at"
	}
	return "to look at and use"
}

func clip(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "")
}

package control

import (
	"context"

	"github.com/dictumal/dictumal"
)

// Private

// visible returns what of a deployment is for people, and for this principal.
func (c *Control) visible(ctx context.Context, p dictumal.Principal, id string) (dictumal.Deployment, error) {
	d, err := c.Store.Shown(ctx, id)
	if err != nil {
		return dictumal.Deployment{}, missing(err)
	}
	if !p.MayView(d) {
		return dictumal.Deployment{}, dictumal.ErrNotFound
	}
	return d, nil
}

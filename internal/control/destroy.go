package control

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

// maxDestroy is how many deployments can be destroyed at once.
const maxDestroy = 200

// Destruction is what became of one deployment of several.
type Destruction struct {
	ID         string
	Deployment dictumal.Deployment // where there is no error
	Err        error
}

// Destroyable returns a deployment that the principal may destroy.
func (c *Control) Destroyable(ctx context.Context, p dictumal.Principal, id string) (dictumal.Deployment, error) {
	d, _, err := c.see(ctx, p, toDestroy, id)
	return d, err
}

// AllDestroyable returns those of several deployments that the principal may destroy.
func (c *Control) AllDestroyable(ctx context.Context, p dictumal.Principal, ids []string) ([]dictumal.Deployment, error) {
	if err := allow(p, dictumal.ScopeDeploy); err != nil {
		return nil, err
	}
	var all []dictumal.Deployment
	for _, id := range ids[:min(len(ids), maxDestroy)] {
		d, _, err := c.see(ctx, p, toDestroy, id)
		switch code := dictumal.ErrorCode(err); {
		case err == nil:
			all = append(all, d)
		case code != dictumal.CodeNotFound && code != dictumal.CodeForbidden:
			return nil, err
		}
	}
	return all, nil
}

// DestroyAll asks for the end of several deployments and tells of each, in order,
// what became of it. One that cannot be destroyed holds up none of the others.
func (c *Control) DestroyAll(ctx context.Context, p dictumal.Principal, ids []string) ([]Destruction, error) {
	if err := allow(p, dictumal.ScopeDeploy); err != nil {
		c.tell(ctx, p, "deployment.destroy", "", err)
		return nil, err
	}
	if len(ids) == 0 || len(ids) > maxDestroy {
		return nil, fault("ids", fmt.Sprintf("Name 1 to %d desktops to be destroyed at once.", maxDestroy))
	}
	results := make([]Destruction, 0, len(ids))
	for _, id := range ids {
		d, err := c.Destroy(ctx, p, id)
		results = append(results, Destruction{ID: id, Deployment: d, Err: err})
	}
	return results, nil
}

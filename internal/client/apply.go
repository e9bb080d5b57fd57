package client

import (
	"context"
	"crypto/rand"
	"slices"
)

// Draft is a document that is not yet known to be kept by the server.
type Draft struct {
	Title    string
	Hash     string
	Document string
}

// Apply makes the server's newest version of the constitution with this title
// equal to the draft, and changes nothing where it is so already.
func (c *Client) Apply(ctx context.Context, draft Draft) (kept Constitution, changed bool, err error) {
	list, err := c.Constitutions(ctx)
	if err != nil {
		return Constitution{}, false, err
	}
	same := func(known Constitution) bool { return known.Title == draft.Title }
	identical := func(known Constitution) bool { return same(known) && known.Hash == draft.Hash }
	if i := slices.IndexFunc(list, identical); i >= 0 {
		return list[i], false, nil
	}
	if i := slices.IndexFunc(list, same); i >= 0 {
		kept, err = c.UpdateConstitution(ctx, list[i].ID, draft.Document, list[i].Hash)
		return kept, true, err
	}
	kept, err = c.CreateConstitution(ctx, draft.Document)
	return kept, true, err
}

// Ensure returns a deployment of exactly this version that is there or on its
// way, and orders one where there is none.
func (c *Client) Ensure(ctx context.Context, version Constitution) (d Deployment, ordered bool, err error) {
	list, err := c.Deployments(ctx)
	if err != nil {
		return Deployment{}, false, err
	}
	for _, d := range list {
		if d.Live() && d.Constitution.ID == version.ID && d.Constitution.Version == version.Version {
			return d, false, nil
		}
	}
	d, err = c.Deploy(ctx, Order{ConstitutionID: version.ID, Version: version.Version}, rand.Text())
	return d, true, err
}

package control

import (
	"context"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Among names up to two statuses that a list is narrowed to; none: it is not.
type Among = store.Among

// Shelf is a page of a list, and where it lies in it.
type Shelf struct {
	Deployments []dictumal.Deployment
	ByStatus    map[dictumal.Status]int // of the whole list
	// Older and Newer are what the pages beside begin after; nil: there is none.
	Older, Newer *string
}

// Browse returns a page of the principal's deployments that are not destroyed, newest
// first, narrowed to up to two statuses where some are named.
func (c *Control) Browse(ctx context.Context, p dictumal.Principal, among Among, page Page) (Shelf, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return Shelf{}, err
	}
	shelf, err := c.shelf(ctx, p.User.ID, among, page)
	return shelf, wrap("list deployments", err)
}

// TypicalStart is how long the principal's newest deployments took to ACTIVE, in the
// middle; 0 where none did.
func (c *Control) TypicalStart(ctx context.Context, p dictumal.Principal) (time.Duration, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return 0, err
	}
	const newest = 50
	times, err := c.Store.Starts(ctx, p.User.ID, newest)
	if err != nil || len(times) == 0 {
		return 0, wrap("read how long starts took", err)
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// Private

func (c *Control) shelf(ctx context.Context, owner string, among Among, page Page) (shelf Shelf, err error) {
	if shelf.ByStatus, err = c.Store.CountByStatus(ctx, owner); err != nil {
		return Shelf{}, err
	}
	if shelf.Deployments, err = c.Store.Browse(ctx, owner, among, page.After, page.Limit+1); err != nil {
		return Shelf{}, err
	}
	if len(shelf.Deployments) > page.Limit {
		shelf.Deployments = shelf.Deployments[:page.Limit]
		shelf.Older = &shelf.Deployments[page.Limit-1].ID
	}
	if page.After == "" {
		return shelf, nil
	}
	before, err := c.Store.Before(ctx, owner, among, page.After, page.Limit+1)
	switch {
	case err != nil:
		return Shelf{}, err
	case len(before) > page.Limit:
		shelf.Newer = &before[page.Limit]
	case len(before) > 0:
		shelf.Newer = new(string) // the first page
	}
	return shelf, nil
}

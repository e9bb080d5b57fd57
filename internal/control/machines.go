package control

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// listTime is how long somebody who looks waits for the provider's list.
const listTime = 10 * time.Second

// Machines compares the provider's list with the rows: all of it for admins, what is
// the principal's own for others.
func (c *Control) Machines(ctx context.Context, p dictumal.Principal) (Fleet, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return Fleet{}, err
	}
	fleet := Fleet{Provider: dictumal.ProviderTitle(c.Provider.Traits().Name), Admin: administers(p)}
	// The list comes first: whatever is on it was written down before.
	listed, failure := c.list(ctx)
	fleet.Failure = failure
	book, err := c.book(ctx, p)
	if err != nil {
		return Fleet{}, err
	}
	for _, m := range listed {
		if d, ok := book.owner(m); ok {
			fleet.Machines = append(fleet.Machines, book.owned(m, d))
		} else if fleet.Admin {
			fleet.Machines = append(fleet.Machines, book.unowned(m))
		}
	}
	fleet.Machines = append(fleet.Machines, book.unlisted(failure == nil)...)
	if failure != nil {
		fleet.Machines = append(fleet.Machines, book.strays()...)
	}
	slices.SortStableFunc(fleet.Machines, inOrder)
	fleet.Own, fleet.All, err = c.spends(ctx, p, book.rates)
	if !fleet.Admin {
		fleet.All = Spend{}
	}
	return fleet, err
}

// Private

// list is the provider's, or why there is none.
func (c *Control) list(ctx context.Context) ([]dictumal.Machine, *dictumal.Failure) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	listed, err := c.Provider.List(ctx)
	if err == nil {
		return listed, nil
	}
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		return nil, refusal.Failure()
	}
	return nil, &dictumal.Failure{
		Reason: dictumal.ReasonProviderDown, Cause: dictumal.ProviderTitle(c.Provider.Traits().Name) + " did not answer when it was asked for its list.",
		NextStep: "Nothing needs to be done: it is asked again.",
	}
}

// inOrder puts first what somebody should look at.
func inOrder(a, b Machine) int {
	first := []Standing{StandingMissing, StandingUnowned} // the others have no place among them
	rank := func(m Machine) int { return -slices.Index(first, m.Standing) }
	return cmp.Or(cmp.Compare(rank(a), rank(b)), b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Name, b.Name))
}

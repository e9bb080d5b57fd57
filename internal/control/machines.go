package control

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Standing is how a machine on the provider's list, and a row that may have one, go together.
type Standing string

// The standings.
const (
	StandingOwned    Standing = "owned"
	StandingUnowned  Standing = "unowned"
	StandingMaking   Standing = "being-made"    // a row's, and not listed yet
	StandingRemoving Standing = "being-removed" // a row's, and not listed any more
	StandingMissing  Standing = "missing"       // a row's that should be listed
	StandingUnknown  Standing = "unknown"       // a row's, while there is no list
)

// Machine is one that the provider lists, or that a row may have.
type Machine struct {
	dictumal.Machine
	Standing Standing
	// Deployment owns it, and Email says whose that is; nil where nobody does.
	Deployment *dictumal.Deployment
	Email      string
	// Since is when it was first seen without an owner, or missing; zero: not yet.
	Since time.Time
	// RemovedAt is when the sweeper removes what nobody owns, and Kept says that it
	// does not until an admin confirms.
	RemovedAt time.Time
	Kept      bool

	Priced       bool    // what it costs is known
	PricePerHour float64 // USD
	Cost         float64 // USD until now
}

// Fleet is what the provider lists, compared with the rows.
type Fleet struct {
	Provider string // for people
	// Failure is why there is no list, so that the rows tell alone; nil: there is one.
	Failure  *dictumal.Failure
	Machines []Machine // those that nobody owns first, then the newest
	Admin    bool      // it is everybody's
	Own, All Spend     // All is of admins only
}

// listTime is how long somebody who looks waits for the provider's list.
const listTime = 10 * time.Second

// Machines compares the provider's list with the rows: all of it for admins, what is
// the principal's own for others.
func (c *Control) Machines(ctx context.Context, p dictumal.Principal) (Fleet, error) {
	if err := unbound(p); err != nil {
		return Fleet{}, err
	}
	fleet := Fleet{Provider: providerName(c.Provider.Traits().Name), Admin: p.User.Admin}
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
		} else if p.User.Admin {
			fleet.Machines = append(fleet.Machines, book.unowned(m))
		}
	}
	fleet.Machines = append(fleet.Machines, book.unlisted(failure == nil)...)
	slices.SortStableFunc(fleet.Machines, inOrder)
	fleet.Own, fleet.All, err = c.spends(ctx, p, book.rates)
	if !p.User.Admin {
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
		Reason: dictumal.ReasonProviderDown, Cause: providerName(c.Provider.Traits().Name) + " did not answer when it was asked for its list.",
		NextStep: "Nothing needs to be done: it is asked again.",
	}
}

// book is what the rows say of machines.
type book struct {
	now       time.Time
	rows      []store.Row
	byName    map[string]store.Row
	seen      map[string]bool // ids of deployments whose machine is listed
	emails    map[string]string
	sightings map[string]store.Sighting
	rates     store.Rates
}

// book reads the rows: everybody's for admins, the principal's own for others.
func (c *Control) book(ctx context.Context, p dictumal.Principal) (*book, error) {
	b := &book{now: now(), byName: map[string]store.Row{}, seen: map[string]bool{}, sightings: map[string]store.Sighting{}, emails: map[string]string{p.User.ID: p.User.Email}}
	owner := p.User.ID
	if p.User.Admin {
		owner = ""
	}
	var err error
	if b.rows, err = c.Store.Holders(ctx, owner); err != nil {
		return nil, wrap("read who has machines", err)
	}
	for _, row := range b.rows {
		if row.MachineName != "" {
			b.byName[row.MachineName] = row
		}
	}
	catalog, _ := c.Catalog(ctx) // without one the page says less, which is no reason to show none
	if b.rates, err = c.rates(ctx, catalog); err != nil || !p.User.Admin {
		return b, err
	}
	if b.emails, err = c.Store.Emails(ctx); err != nil {
		return nil, wrap("read accounts", err)
	}
	unowned, err := c.Store.Unowned(ctx)
	for _, u := range unowned {
		b.sightings[u.Name] = u.Sighting
	}
	return b, wrap("list machines without an owner", err)
}

// owner finds the row that owns a machine. One that has an owned name but another id
// was made by the same order a second time.
func (b *book) owner(m dictumal.Machine) (store.Row, bool) {
	row, ok := b.byName[m.Name]
	return row, ok && (row.MachineID == "" || row.MachineID == m.ID)
}

func (b *book) owned(m dictumal.Machine, row store.Row) Machine {
	b.seen[row.ID] = true
	m.Size = cmp.Or(m.Size, row.Size)
	return b.of(row, Machine{Machine: m, Standing: StandingOwned})
}

func (b *book) of(row store.Row, m Machine) Machine {
	m.Deployment, m.Email = &row.Deployment, b.emails[row.Owner]
	m.Priced, m.PricePerHour, m.Cost = true, row.PricePerHour, row.Cost(b.now)
	return m
}

func (b *book) unowned(m dictumal.Machine) Machine {
	found := Machine{Machine: m, Standing: StandingUnowned}
	if sighting, seen := b.sightings[m.Name]; seen {
		found.Since = sighting.Since
		found.Kept = sighting.Newer && m.Name > b.rates.Confirmed
		if !found.Kept {
			found.RemovedAt = sighting.Since.Add(b.rates.Grace)
		}
	}
	price, known := b.rates.Sizes[m.Size]
	if made := m.CreatedAt; known && !made.IsZero() {
		found.Priced, found.PricePerHour, found.Cost = true, price, b.rates.Billing.Charge(price, made, b.now)
	}
	return found
}

// unlisted are the rows whose machine the provider has not shown.
func (b *book) unlisted(listed bool) (machines []Machine) {
	for _, row := range b.rows {
		if b.seen[row.ID] {
			continue
		}
		m := Machine{
			Machine:  dictumal.Machine{ID: row.MachineID, Name: row.MachineName, IP: row.IP, Size: row.Size, CreatedAt: row.OrderedAt},
			Standing: standing(row, listed),
		}
		if m.Standing == StandingMissing {
			m.Since = row.AbsentSince
		}
		machines = append(machines, b.of(row, m))
	}
	return machines
}

func standing(row store.Row, listed bool) Standing {
	switch {
	case row.Status == dictumal.Provisioning:
		return StandingMaking
	case !listed:
		return StandingUnknown
	case row.Status == dictumal.Destroying:
		return StandingRemoving
	}
	return StandingMissing
}

// inOrder puts first what somebody should look at.
func inOrder(a, b Machine) int {
	first := []Standing{StandingMissing, StandingUnowned} // the others have no place among them
	rank := func(m Machine) int { return -slices.Index(first, m.Standing) }
	return cmp.Or(cmp.Compare(rank(a), rank(b)), b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.Name, b.Name))
}

package control

import (
	"cmp"
	"context"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

// book is what the rows say of machines.
type book struct {
	now       time.Time
	rows      []store.Row
	byName    map[string]store.Row
	seen      map[string]bool // ids of deployments whose machine is listed
	emails    map[string]string
	sightings map[string]store.Unowned
	rates     store.Rates
}

// book reads the rows: everybody's for admins, the principal's own for others.
func (c *Control) book(ctx context.Context, p dictumal.Principal) (*book, error) {
	b := &book{now: now(), byName: map[string]store.Row{}, seen: map[string]bool{}, sightings: map[string]store.Unowned{}, emails: map[string]string{p.User.ID: p.User.Email}}
	owner := p.User.ID
	if administers(p) {
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
	catalog, _ := c.catalog(ctx) // without one the page says less, which is no reason to show none
	if b.rates, err = c.rates(ctx, catalog); err != nil || !administers(p) {
		return b, err
	}
	if b.emails, err = c.Store.Emails(ctx); err != nil {
		return nil, wrap("read accounts", err)
	}
	unowned, err := c.Store.Unowned(ctx)
	for _, u := range unowned {
		b.sightings[u.Name] = u
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

// strays are the machines that nobody owned when there was a list.
func (b *book) strays() (machines []Machine) {
	for _, u := range b.sightings {
		machines = append(machines, b.unowned(u.Machine))
	}
	return machines
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

package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// SpendError says that a cap on spending would be passed.
type SpendError struct {
	Own   bool // the owner's cap, not the installation's
	Cap   float64
	Asked float64 // the most that the one which was asked for may still cost
	// Endless says that it does not end by itself, so that a whole month counts.
	Endless bool
	Spending
}

// Error names the cap.
func (e *SpendError) Error() string { return fmt.Sprintf("cap of $%.2f a month reached", e.Cap) }

// SpendCaps is what may be spent in a calendar month (UTC), in USD; 0: no bound.
type SpendCaps struct {
	PerUser float64
	Total   float64
	Rates   Rates
}

// Rates is what machines cost that no row owns.
type Rates struct {
	Billing   dictumal.Billing
	Sizes     map[string]float64 // price per hour; where a size is not known, the highest counts
	Grace     time.Duration      // how long the sweeper leaves one alone
	Confirmed string             // up to which name it also removes those that it kept
}

// Spending is what has been spent in a month, and what may come on top, in USD.
type Spending struct {
	Spent     float64
	Committed float64
}

// Spending adds up what this calendar month has cost, and what what lives may still
// cost: of one owner, and of the installation with the machines that no row owns.
func (s *Store) Spending(ctx context.Context, owner string, rates Rates) (own, all Spending, err error) {
	costs, err := readCosts(ctx, s.read, rates, time.Now())
	if err != nil {
		return Spending{}, Spending{}, fmt.Errorf("add up what was spent: %w", err)
	}
	for _, c := range costs {
		all.add(c)
		if c.owner == owner {
			own.add(c)
		}
	}
	return own, all, nil
}

// Private

// cost is what one machine adds.
type cost struct {
	id, owner string // empty: nobody owns it
	endless   bool
	Spending
}

// keep refuses what a transaction has just written of a deployment where that would
// let the month's bill pass a cap.
func (c SpendCaps) keep(ctx context.Context, tx *transaction, id string) error {
	if c.PerUser <= 0 && c.Total <= 0 {
		return nil
	}
	costs, err := readCosts(ctx, tx, c.Rates, time.Now())
	if err != nil {
		return fmt.Errorf("add up what was spent: %w", err)
	}
	at := slices.IndexFunc(costs, func(c cost) bool { return c.id == id })
	if at < 0 {
		return nil // it costs nothing
	}
	asked := costs[at]
	var own, all Spending
	for i, other := range costs {
		if i == at {
			other.Committed = 0
		}
		all.add(other)
		if other.owner == asked.owner {
			own.add(other)
		}
	}
	switch {
	case own.passes(c.PerUser, asked):
		return &SpendError{Own: true, Cap: c.PerUser, Asked: asked.Committed, Endless: asked.endless, Spending: own}
	case all.passes(c.Total, asked):
		return &SpendError{Cap: c.Total, Asked: asked.Committed, Endless: asked.endless, Spending: all}
	}
	return nil
}

func (s *Spending) add(c cost) {
	s.Spent += c.Spent
	s.Committed += c.Committed
}

func (s *Spending) passes(limit float64, asked cost) bool {
	const rounding = 1e-9
	return limit > 0 && s.Spent+s.Committed+asked.Committed > limit+rounding
}

// price is what an hour of a size costs. One that is not known may be the dearest.
func (r Rates) price(size string) float64 {
	price, known := r.Sizes[size]
	if known {
		return price
	}
	for _, other := range r.Sizes {
		price = max(price, other)
	}
	return price
}

func costOf(d dictumal.Deployment, now time.Time) cost {
	endless := d.ExpiresAt.IsZero() && d.Policy.Lifetime.Budget <= 0
	return cost{d.ID, d.Owner, endless, Spending{d.CostSince(dictumal.MonthStart(now), now), d.Committed(now)}}
}

// readCosts is what every machine adds that costs something, or has in this month.
func readCosts(ctx context.Context, db querier, rates Rates, now time.Time) ([]cost, error) {
	month := micros(dictumal.MonthStart(now))
	var all []cost
	add := func(query string, scan func(scanner) (dictumal.Deployment, error), args ...any) error {
		rows, err := db.QueryContext(ctx, query, args...)
		_, err = collect(rows, err, func(row scanner) (struct{}, error) {
			d, err := scan(row)
			all = append(all, costOf(d, now))
			return struct{}{}, err
		})
		return err
	}
	billings := billings{}
	return all, errors.Join(
		add(selectLiving, scanLiving), add(selectGone, billings.scanGone, month), add(selectUnowned, rates.scanUnowned, month))
}

const (
	// Each part is found by an index: the table grows with every desktop there ever was.
	selectLiving = livingOf + ` WHERE ` + unsettled + ` AND price_per_hour > 0 UNION ALL ` +
		livingOf + ` WHERE ` + settled + ` AND price_per_hour > 0`
	livingOf = `SELECT id, owner_id, status, price_per_hour, billing, machine_name, created_at, ordered_at,
		machine_gone_at, expires_at, policy FROM deployment`

	selectGone = `SELECT owner_id, price_per_hour, billing, ordered_at, destroyed_at, machine_gone_at FROM deployment
		WHERE status = 'DESTROYED' AND destroyed_at >= $1 AND price_per_hour > 0 AND ordered_at > 0`

	selectUnowned = `SELECT machine_name, size, made_at, first_seen_at, 0, newer FROM sighting
		UNION ALL SELECT machine_name, size, made_at, 0, gone_at, FALSE FROM stray
		WHERE gone_at >= $1 AND machine_name NOT IN (SELECT machine_name FROM sighting)`
)

// scanLiving reads as much of a row as depends on what it may still cost.
func scanLiving(row scanner) (d dictumal.Deployment, err error) {
	var billing, policy string
	var created, ordered, gone, expires int64
	err = row.Scan(&d.ID, &d.Owner, &d.Status, &d.PricePerHour, &billing, &d.MachineName,
		&created, &ordered, &gone, &expires, &policy)
	if err != nil {
		return dictumal.Deployment{}, err
	}
	d.CreatedAt, d.OrderedAt, d.MachineGoneAt, d.ExpiresAt = moment(created), moment(ordered), moment(gone), moment(expires)
	lifetime := struct{ Lifetime *dictumal.LifetimePolicy }{&d.Policy.Lifetime}
	if err := errors.Join(decode(policy, &lifetime), decode(billing, &d.Billing)); err != nil {
		return dictumal.Deployment{}, fmt.Errorf("read deployment %s: %w", d.ID, err)
	}
	return d, nil
}

// billings are the rules that were read. There are few, and many rows have the same.
type billings map[string]dictumal.Billing

// scanGone reads what a destroyed deployment has cost.
func (b billings) scanGone(row scanner) (d dictumal.Deployment, err error) {
	var text string
	var ordered, destroyed, gone int64
	if err := row.Scan(&d.Owner, &d.PricePerHour, &text, &ordered, &destroyed, &gone); err != nil {
		return dictumal.Deployment{}, err
	}
	billing, known := b[text]
	if !known {
		if err := decode(text, &billing); err != nil {
			return dictumal.Deployment{}, fmt.Errorf("read how a provider charges: %w", err)
		}
		b[text] = billing
	}
	d.Status, d.Billing = dictumal.Destroyed, billing
	d.OrderedAt, d.DestroyedAt, d.MachineGoneAt = moment(ordered), moment(destroyed), moment(gone)
	return d, nil
}

// scanUnowned reads a machine that no row owns as a deployment that nobody owns. The
// sweeper ends it, unless it has to be asked.
func (r Rates) scanUnowned(row scanner) (dictumal.Deployment, error) {
	var size string
	var made, seen, gone int64
	var newer bool
	d := dictumal.Deployment{Status: dictumal.Active, Billing: r.Billing}
	if err := row.Scan(&d.MachineName, &size, &made, &seen, &gone, &newer); err != nil {
		return dictumal.Deployment{}, err
	}
	d.PricePerHour = r.price(size)
	d.CreatedAt, d.OrderedAt, d.MachineGoneAt = moment(made), moment(made), moment(gone)
	if !newer || d.MachineName <= r.Confirmed {
		d.ExpiresAt = moment(seen).Add(r.Grace)
	}
	return d, nil
}

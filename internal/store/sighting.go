package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Ownership is what the rows say of machines, for comparison with the provider's list.
type Ownership struct {
	// Names holds the machine of every row that may have one.
	Names map[string]bool
	// IDs holds the ids of those machines whose id is known, by name.
	IDs map[string]string
	// Settled holds the names whose row never takes over another id.
	Settled map[string]bool
}

// Sighting is what is known of a machine that no row owns.
type Sighting struct {
	Since time.Time
	// Newer tells whether it was newer than every row when it was first seen.
	Newer bool
}

// Ownership reads which machines the rows own.
func (s *Store) Ownership(ctx context.Context) (Ownership, error) {
	owned := Ownership{Names: make(map[string]bool), IDs: make(map[string]string), Settled: make(map[string]bool)}
	const names = `SELECT machine_name, machine_id, status <> 'PROVISIONING' FROM deployment
		WHERE status <> 'DESTROYED' AND machine_name <> '' AND machine_gone_at = 0`
	rows, err := s.read.QueryContext(ctx, names)
	_, err = collect(rows, err, func(row scanner) (name string, err error) {
		var id string
		var made bool
		if err := row.Scan(&name, &id, &made); err != nil {
			return "", err
		}
		owned.Names[name] = true
		if id != "" {
			owned.IDs[name], owned.Settled[name] = id, made
		}
		return name, nil
	})
	return owned, err
}

// Sight notes the machines that no row owns, forgets those that are no longer
// among them, and returns what is known of each by its name.
func (s *Store) Sight(ctx context.Context, unowned []dictumal.Machine) (map[string]Sighting, error) {
	sightings := make(map[string]Sighting, len(unowned))
	now := micros(time.Now())
	err := s.transact(ctx, func(tx *transaction) error {
		const see = `INSERT INTO sighting (machine_name, machine_id, first_seen_at, last_seen_at, newer, size, made_at)
			VALUES ($1, $2, $3, $3, NOT EXISTS (SELECT 1 FROM deployment WHERE machine_name >= $1), $4, $5)
			ON CONFLICT (machine_name) DO UPDATE SET machine_id = $2, last_seen_at = $3, size = $4 RETURNING first_seen_at, newer`
		for _, machine := range unowned {
			var first int64
			var newer bool
			made := now // by our clock, unless it was made before we saw it
			if at := micros(machine.CreatedAt); at > 0 {
				made = min(at, now)
			}
			if err := tx.QueryRowContext(ctx, see, machine.Name, machine.ID, now, machine.Size, made).Scan(&first, &newer); err != nil {
				return err
			}
			sightings[machine.Name] = Sighting{Since: moment(first), Newer: newer}
		}
		return forgetSightings(ctx, tx, now)
	})
	if err != nil {
		return nil, fmt.Errorf("note unowned machines: %w", err)
	}
	return sightings, nil
}

// Unowned is a machine that the provider lists and no row owns.
type Unowned struct {
	dictumal.Machine // as far as is kept
	Sighting
}

// Unowned lists the machines that no row owned at the last sweep, oldest first.
func (s *Store) Unowned(ctx context.Context) ([]Unowned, error) {
	const query = `SELECT machine_name, machine_id, size, made_at, first_seen_at, newer FROM sighting ORDER BY machine_name`
	rows, err := s.read.QueryContext(ctx, query)
	return collect(rows, err, func(row scanner) (u Unowned, err error) {
		var made, first int64
		err = row.Scan(&u.Name, &u.ID, &u.Size, &made, &first, &u.Newer)
		u.CreatedAt, u.Since = moment(made), moment(first)
		return u, err
	})
}

// forgetSightings drops the machines that were not seen this time, and keeps what they
// have cost until the month is over.
func forgetSightings(ctx context.Context, tx *transaction, now int64) error {
	const (
		stray = `INSERT INTO stray (machine_name, size, made_at, gone_at)
			SELECT machine_name, size, made_at, $1 FROM sighting WHERE last_seen_at < $1
			ON CONFLICT (machine_name) DO UPDATE SET gone_at = excluded.gone_at`
		forget = `DELETE FROM sighting WHERE last_seen_at < $1`
		settle = `DELETE FROM stray WHERE gone_at < $1`
	)
	if _, err := tx.ExecContext(ctx, stray, now); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, forget, now); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, settle, micros(dictumal.MonthStart(moment(now))))
	return err
}

const sweepConfirmed = "sweep.confirmed"

// ConfirmSweep allows machines without an owner to be removed up to this name,
// though they are newer than the newest row.
func (s *Store) ConfirmSweep(ctx context.Context, machineName string) error {
	const query = `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = $2`
	if _, err := s.write.ExecContext(ctx, query, sweepConfirmed, machineName); err != nil {
		return fmt.Errorf("confirm the sweep: %w", err)
	}
	return nil
}

// SweepConfirmed returns the name up to which [Store.ConfirmSweep] allows it; empty where it does not.
func (s *Store) SweepConfirmed(ctx context.Context) (machineName string, err error) {
	const query = `SELECT COALESCE(MAX(value), '') FROM setting WHERE name = $1`
	err = s.read.QueryRowContext(ctx, query, sweepConfirmed).Scan(&machineName)
	return machineName, err
}

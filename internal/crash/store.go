package crash

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

// Store has points around what a worker writes.
type Store struct {
	reconcile.Store
	Points *Points
}

// ClaimDue takes rows: claim.PROVISIONING.
func (s Store) ClaimDue(ctx context.Context, owner string, lease time.Duration, queue store.Queue, limit int) ([]store.Row, error) {
	rows, err := s.Store.ClaimDue(ctx, owner, lease, queue, limit)
	for _, row := range rows {
		s.Points.Pass("claim." + string(row.Status))
	}
	return rows, err
}

// Save writes what a step came to: save.before.ACTIVE, save.after.ACTIVE.
func (s Store) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	s.Points.Pass("save.before." + what(row, to))
	err := s.Store.Save(ctx, row, to)
	if err == nil {
		s.Points.Pass("save.after." + what(row, to))
	}
	return err
}

// Hold takes the lease of the sweeper: hold.sweep.
func (s Store) Hold(ctx context.Context, name, owner string, until time.Time) (bool, error) {
	held, err := s.Store.Hold(ctx, name, owner, until)
	if held {
		s.Points.Pass("hold." + name)
	}
	return held, err
}

// Sight notes machines without an owner: sight.before, sight.after. Nothing is
// passed where there are none.
func (s Store) Sight(ctx context.Context, unowned []dictumal.Machine) (map[string]store.Sighting, error) {
	if len(unowned) > 0 {
		s.Points.Pass("sight.before")
	}
	seen, err := s.Store.Sight(ctx, unowned)
	if len(unowned) > 0 && err == nil {
		s.Points.Pass("sight.after")
	}
	return seen, err
}

// Private

// what names what is written: the intent of an order, a sighting of nothing, that a
// machine that was kept is gone, the id of an order that was taken, or the status.
func what(row store.Row, to store.Outcome) string {
	switch {
	case to.Keep:
		return "intent"
	case row.Absences > 0:
		return string(row.Status) + ".absent"
	case row.Status == dictumal.Errored && !row.MachineGoneAt.IsZero():
		return "ERROR.cleaned"
	case row.Status == dictumal.Provisioning && row.MachineID != "":
		return "PROVISIONING.id"
	}
	return string(row.Status)
}

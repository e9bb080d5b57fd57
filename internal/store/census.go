package store

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

// Count is how many deployments are in a status, with machines at a provider.
type Count struct {
	Status      dictumal.Status
	Provider    string
	Deployments int
}

// Census counts the deployments that are not destroyed.
func (s *Store) Census(ctx context.Context) ([]Count, error) {
	// Each half reads what the index of one queue holds, in which every row has a
	// time: those that are destroyed, which may be very many, are not looked at.
	const (
		counted = `SELECT status, provider, COUNT(*) FROM deployment WHERE reconcile_at > 0 AND `
		grouped = ` GROUP BY status, provider`
		query   = counted + unsettled + grouped + ` UNION ALL ` + counted + settled + grouped
	)
	rows, err := s.read.QueryContext(ctx, query)
	counts, err := collect(rows, err, func(row scanner) (c Count, err error) {
		err = row.Scan(&c.Status, &c.Provider, &c.Deployments)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("count deployments: %w", err)
	}
	return counts, nil
}

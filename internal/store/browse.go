package store

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
)

// Among names up to two statuses that a list is narrowed to; none: it is not.
type Among [2]dictumal.Status

// Browse returns up to limit deployments of an owner that are not destroyed, newest
// first: those among some statuses, and only those older than the one named by after.
func (s *Store) Browse(ctx context.Context, owner string, among Among, after string, limit int) ([]dictumal.Deployment, error) {
	const (
		some   = `SELECT ` + shownColumns + ` FROM deployment WHERE owner_id = $1 AND status <> 'DESTROYED' AND ($2 = '' OR status = $2 OR status = $3)`
		newest = ` ORDER BY id DESC LIMIT $4 + 0` // a limit alone would have the statement read anew for each
	)
	if after == "" {
		rows, err := s.read.QueryContext(ctx, some+newest, owner, among[0], among[1], limit)
		return collect(rows, err, s.scanShown)
	}
	rows, err := s.read.QueryContext(ctx, some+` AND id < $5`+newest, owner, among[0], among[1], limit, after)
	return collect(rows, err, s.scanShown)
}

// Before returns up to limit ids of what Browse lists before it comes to what is
// older than after, the oldest first.
func (s *Store) Before(ctx context.Context, owner string, among Among, after string, limit int) ([]string, error) {
	const query = `SELECT id FROM deployment WHERE owner_id = $1 AND status <> 'DESTROYED' AND ($2 = '' OR status = $2 OR status = $3)
		AND id >= $5 ORDER BY id LIMIT $4 + 0`
	rows, err := s.read.QueryContext(ctx, query, owner, among[0], among[1], limit, after)
	return collect(rows, err, func(row scanner) (id string, err error) { return id, row.Scan(&id) })
}

// CountByStatus counts the deployments of an owner that are not destroyed.
func (s *Store) CountByStatus(ctx context.Context, owner string) (map[dictumal.Status]int, error) {
	const query = `SELECT status, COUNT(*) FROM deployment WHERE owner_id = $1 AND status <> 'DESTROYED' GROUP BY status`
	type count struct {
		status dictumal.Status
		n      int
	}
	rows, err := s.read.QueryContext(ctx, query, owner)
	counts, err := collect(rows, err, func(row scanner) (c count, err error) { return c, row.Scan(&c.status, &c.n) })
	byStatus := make(map[dictumal.Status]int, len(counts))
	for _, c := range counts {
		byStatus[c.status] = c.n
	}
	return byStatus, err
}

// Starts returns how long the newest deployments of an owner took to ACTIVE, those of
// them that made it.
func (s *Store) Starts(ctx context.Context, owner string, newest int) ([]time.Duration, error) {
	const query = `SELECT active_at - created_at FROM (SELECT active_at, created_at FROM deployment
		WHERE owner_id = $1 AND status <> 'DESTROYED' ORDER BY id DESC LIMIT $2 + 0) d WHERE active_at > 0`
	rows, err := s.read.QueryContext(ctx, query, owner, newest)
	return collect(rows, err, func(row scanner) (time.Duration, error) {
		var micros int64
		err := row.Scan(&micros)
		return time.Duration(micros) * time.Microsecond, err
	})
}

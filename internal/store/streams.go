package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/dictumal/dictumal"
)

// Whoever keeps streams open asks from time to time whether they may go on: what they
// rest on may have been ended by another process.

// Ends returns a channel that is signalled when sessions or tokens may have ended in
// another process, and a function that ends the subscription. The channel is closed
// when the store closes.
func (s *Store) Ends() (woken <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	s.ends.add(c)
	return c, func() { s.ends.remove(c) }
}

// Holding tells which of some sessions and tokens, by their ids, nobody has ended, nor
// kept their users out. Whose time is over is not looked at.
func (s *Store) Holding(ctx context.Context, ids []string) (map[string]bool, error) {
	query := `SELECT s.id FROM session s JOIN account a ON a.id = s.account_id WHERE a.blocked_at = 0 AND s.id IN (` + places + `)
		UNION ALL SELECT t.id FROM api_token t JOIN account a ON a.id = t.account_id WHERE a.blocked_at = 0 AND t.id IN (` + places + `)`
	found, err := among(ctx, s, query, ids, scanID)
	if err != nil {
		return nil, fmt.Errorf("look which sessions and tokens hold: %w", err)
	}
	holding := make(map[string]bool, len(found))
	for _, id := range found {
		holding[id] = true
	}
	return holding, nil
}

// Ended returns those of some deployments that are being destroyed or have been.
func (s *Store) Ended(ctx context.Context, ids []string) ([]string, error) {
	query := `SELECT id FROM deployment WHERE status IN ('DESTROYING', 'DESTROYED') AND id IN (` + places + `)`
	ended, err := among(ctx, s, query, ids, scanID)
	if err != nil {
		return nil, fmt.Errorf("look which deployments have ended: %w", err)
	}
	return ended, nil
}

// GrantsOf returns the grants of some deployments.
func (s *Store) GrantsOf(ctx context.Context, ids []string) ([]dictumal.Grant, error) {
	query := `SELECT ` + grantColumns + ` FROM access_grant WHERE deployment_id IN (` + places + `)`
	grants, err := among(ctx, s, query, ids, scanGrant)
	if err != nil {
		return nil, fmt.Errorf("look which grants hold: %w", err)
	}
	return grants, nil
}

// Round goes through what streams rest on, as many ids at a time as are asked about at
// once. What each time has shown is known at once, and where a database is too slow for
// all of them, the next time goes on with those that were not looked at.
type Round struct{ next string }

// Each hands out all ids until one look fails.
func (r *Round) Each(ids []string, look func(some []string) error) error {
	slices.Sort(ids)
	begin, _ := slices.BinarySearch(ids, r.next)
	for some := range slices.Chunk(slices.Concat(ids[begin:], ids[:begin]), atOnce) {
		if err := look(some); err != nil {
			r.next = some[0]
			return err
		}
	}
	return nil
}

// Private

// atOnce is how many ids are asked about at a time: so many, whatever there are, that
// the text of a query is always the same.
const (
	atOnce = 40
	places = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40`
)

// among asks a query about any number of ids.
func among[T any](ctx context.Context, s *Store, query string, ids []string, scan func(scanner) (T, error)) ([]T, error) {
	var all []T
	for begin := 0; begin < len(ids); begin += atOnce {
		args := make([]any, atOnce)
		for i := range args {
			args[i] = ""
			if begin+i < len(ids) {
				args[i] = ids[begin+i]
			}
		}
		rows, err := s.read.QueryContext(ctx, query, args...)
		some, err := collect(rows, err, scan)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// end does work that ends sessions or tokens, and tells the other processes of it.
func (s *Store) end(ctx context.Context, work func(tx *transaction) error) error {
	return s.transact(ctx, func(tx *transaction) error {
		tx.ended = true
		return work(tx)
	})
}

package store

import (
	"context"
	"fmt"
	"time"
)

// SignIn says that somebody has signed in: when, with which browser and from where.
type SignIn struct {
	Account string
	At      time.Time
	Device  string // hash of what the browser keeps to be known again
	Agent   string
	From    string
	// Known is set where the account has signed in with this device before, and of
	// the first sign-in of all.
	Known bool
}

// mostSignIns is how many are kept of an account.
const mostSignIns = 100

// AddSignIn writes that somebody has signed in, and finds out whether with a device
// that is known.
func (s *Store) AddSignIn(ctx context.Context, in SignIn) error {
	const add = `INSERT INTO sign_in (account_id, at, device, agent, address, known) VALUES ($1, $2, $3, $4, $5,
		EXISTS (SELECT 1 FROM sign_in WHERE account_id = $1 AND device = $3) OR NOT EXISTS (SELECT 1 FROM sign_in WHERE account_id = $1))`
	const forget = `DELETE FROM sign_in WHERE account_id = $1
		AND at < (SELECT MIN(newest.at) FROM (SELECT at FROM sign_in WHERE account_id = $1 ORDER BY at DESC LIMIT $2 + 0) newest)`
	err := s.transact(ctx, func(tx *transaction) error {
		if _, err := tx.ExecContext(ctx, add, in.Account, micros(in.At), in.Device, in.Agent, in.From); err != nil {
			return translate(err)
		}
		_, err := tx.ExecContext(ctx, forget, in.Account, mostSignIns)
		return err
	})
	if err != nil {
		return fmt.Errorf("add sign-in: %w", err)
	}
	return nil
}

// SignIns returns the newest sign-ins of an account.
func (s *Store) SignIns(ctx context.Context, account string, limit int) ([]SignIn, error) {
	const query = `SELECT at, device, agent, address, known FROM sign_in WHERE account_id = $1 ORDER BY at DESC LIMIT $2 + 0`
	rows, err := s.read.QueryContext(ctx, query, account, limit)
	return collect(rows, err, func(row scanner) (SignIn, error) {
		in := SignIn{Account: account}
		var at int64
		err := row.Scan(&at, &in.Device, &in.Agent, &in.From, &in.Known)
		in.At = moment(at)
		return in, err
	})
}

package store

import (
	"context"
	"fmt"
	"time"
)

// Login is a sign-in by an identity provider that was begun in some browser.
type Login struct {
	State     string // hash of what the browser brings back in the address
	Browser   string // hash of what it keeps in a cookie
	Provider  string
	Next      string // where to go afterwards
	From      string // address of who has begun it
	ExpiresAt time.Time
}

// LoginRoom is how many sign-ins may be under way.
type LoginRoom struct{ PerAddress, Total int }

// AddLogin writes a sign-in that was begun. Where there is no room the oldest gives
// way, that of the same address first: who floods loses what is their own.
func (s *Store) AddLogin(ctx context.Context, login Login, room LoginRoom, now time.Time) error {
	const (
		expired = `DELETE FROM login WHERE expires_at <= $1`
		add     = `INSERT INTO login (state_hash, browser_hash, provider, next, address, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`
		own     = `DELETE FROM login WHERE address = $1 AND expires_at <=
			(SELECT expires_at FROM login WHERE address = $1 ORDER BY expires_at DESC LIMIT 1 OFFSET $2 + 0)`
		oldest = `DELETE FROM login WHERE expires_at <= (SELECT expires_at FROM login ORDER BY expires_at DESC LIMIT 1 OFFSET $1 + 0)`
	)
	return s.transact(ctx, func(tx *transaction) error {
		for _, step := range []struct {
			query string
			args  []any
		}{
			{expired, []any{micros(now)}},
			{own, []any{login.From, room.PerAddress - 1}},
			{oldest, []any{room.Total - 1}},
			{add, []any{login.State, login.Browser, login.Provider, login.Next, login.From, micros(login.ExpiresAt)}},
		} {
			if _, err := tx.ExecContext(ctx, step.query, step.args...); err != nil {
				return fmt.Errorf("add login: %w", err)
			}
		}
		return nil
	})
}

// TakeLogin returns the sign-in of a state, and forgets it: it is good for one
// answer, whatever that is. ErrNotFound where there is none, or no more.
func (s *Store) TakeLogin(ctx context.Context, state string) (Login, error) {
	const query = `DELETE FROM login WHERE state_hash = $1 RETURNING browser_hash, provider, next, address, expires_at`
	login := Login{State: state}
	var expires int64
	err := s.inTurn(ctx, func(db writer) error {
		return db.QueryRowContext(ctx, query, state).Scan(&login.Browser, &login.Provider, &login.Next, &login.From, &expires)
	})
	login.ExpiresAt = moment(expires)
	return login, err
}

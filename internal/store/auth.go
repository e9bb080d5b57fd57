package store

import (
	"context"
	"fmt"
	"time"
)

// CodeKind says what a one-time code is for.
type CodeKind string

// The kinds of codes.
const (
	SignInCode CodeKind = "sign-in"
	LaunchCode CodeKind = "launch"
)

// Code is a one-time code of which only the hash is kept.
type Code struct {
	Hash       string
	Kind       CodeKind
	Account    string
	Deployment string // of a launch code
	ExpiresAt  time.Time
}

// AddCode writes a new one-time code.
func (s *Store) AddCode(ctx context.Context, code Code) error {
	const query = `INSERT INTO code (hash, kind, account_id, deployment_id, expires_at) VALUES ($1, $2, $3, $4, $5)`
	_, err := s.write.ExecContext(ctx, query, code.Hash, string(code.Kind), code.Account, code.Deployment, micros(code.ExpiresAt))
	if err != nil {
		return fmt.Errorf("add code: %w", translate(err))
	}
	return nil
}

// UseCode uses up a code and returns whose it is; ErrNotFound where it is unknown,
// used, expired, of another kind or for another deployment, or, where an account
// is given, of another account. One statement does it, so that of two who come at
// once only one gets in.
func (s *Store) UseCode(ctx context.Context, code Code, now time.Time) (account string, err error) {
	const query = `UPDATE code SET used_at = $5 WHERE hash = $1 AND kind = $2 AND deployment_id = $3
		AND ($4 = '' OR account_id = $4) AND used_at IS NULL AND expires_at > $5 RETURNING account_id`
	err = s.write.QueryRowContext(ctx, query, code.Hash, string(code.Kind), code.Deployment, code.Account, micros(now)).Scan(&account)
	return account, translate(err)
}

// RemoveExpired forgets sessions, codes and tokens whose time is over.
func (s *Store) RemoveExpired(ctx context.Context, now time.Time) error {
	for _, query := range []string{
		`DELETE FROM session WHERE expires_at <= $1`,
		`DELETE FROM code WHERE expires_at <= $1`,
		`DELETE FROM api_token WHERE expires_at <= $1`,
	} {
		if _, err := s.write.ExecContext(ctx, query, micros(now)); err != nil {
			return fmt.Errorf("remove what has expired: %w", err)
		}
	}
	return nil
}

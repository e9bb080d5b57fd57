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
	Token      string // id of the one that it was made with; empty: none that ends
	ExpiresAt  time.Time
}

// AddCode writes a new one-time code.
func (s *Store) AddCode(ctx context.Context, code Code) error {
	const query = `INSERT INTO code (hash, kind, account_id, deployment_id, token_id, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`
	err := s.inTurn(ctx, func(db writer) error {
		_, err := db.ExecContext(ctx, query, code.Hash, string(code.Kind), code.Account, code.Deployment, code.Token, micros(code.ExpiresAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("add code: %w", err)
	}
	return nil
}

// UseCode uses up a code and begins a session of whose it is, or none where the session
// has no id. ErrNotFound where the code is unknown, used, expired, of another kind or
// for another deployment, made with a token that has ended, or, where an account is
// given, of another account. The user of who is kept out is returned, and nothing has
// begun. One transaction does it: of two who come at once only one gets in, and nobody
// who is signed out everywhere is in again afterwards. A session that a token has
// opened ends with it at the latest.
func (s *Store) UseCode(ctx context.Context, code Code, session Session, now time.Time) (Session, error) {
	const use = `UPDATE code SET used_at = $5 WHERE hash = $1 AND kind = $2 AND deployment_id = $3
		AND ($4 = '' OR account_id = $4) AND used_at IS NULL AND expires_at > $5
		AND (token_id = '' OR EXISTS (SELECT 1 FROM api_token t WHERE t.id = code.token_id AND t.expires_at > $5))
		RETURNING account_id, token_id, COALESCE((SELECT t.expires_at FROM api_token t WHERE t.id = code.token_id), 0)`
	const whose = `SELECT ` + accountColumns + ` FROM account a WHERE a.id = $1`
	err := s.transact(ctx, func(tx *transaction) error {
		var account string
		var until int64
		err := tx.QueryRowContext(ctx, use, code.Hash, string(code.Kind), code.Deployment, code.Account, micros(now)).
			Scan(&account, &session.Token, &until)
		if err != nil {
			return err
		}
		if until != 0 && moment(until).Before(session.ExpiresAt) {
			session.ExpiresAt = moment(until)
		}
		session.User, err = scanUser(tx.QueryRowContext(ctx, whose, account))
		if err != nil || session.ID == "" || !session.User.BlockedAt.IsZero() {
			return err
		}
		return addSession(ctx, tx, session)
	})
	if err != nil {
		return Session{}, fmt.Errorf("use code: %w", err)
	}
	return session, nil
}

// RemoveExpired forgets sessions, codes and tokens whose time is over. It waits for its
// turn, since others end some of the same in another order.
func (s *Store) RemoveExpired(ctx context.Context, now time.Time) error {
	err := s.transact(ctx, func(tx *transaction) error {
		for _, query := range []string{
			`DELETE FROM session WHERE expires_at <= $1`,
			`DELETE FROM code WHERE expires_at <= $1`,
			`DELETE FROM api_token WHERE expires_at <= $1`,
		} {
			if _, err := tx.ExecContext(ctx, query, micros(now)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove what has expired: %w", err)
	}
	return nil
}

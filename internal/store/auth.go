package store

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// Session is a browser that is signed in. Of its secret only the hash is kept.
type Session struct {
	ID          string
	SecretHash  string
	User        dictumal.User // of a new one, the id is enough
	OnlyDesktop string        // a deployment's id; empty: no bound
	Agent       string
	CreatedAt   time.Time
	SeenAt      time.Time
	ExpiresAt   time.Time
}

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

// AddSession writes a new session.
func (s *Store) AddSession(ctx context.Context, session Session) error {
	const query = `INSERT INTO session (id, secret_hash, account_id, only_desktop, agent, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	_, err := s.write.ExecContext(ctx, query, session.ID, session.SecretHash, session.User.ID, session.OnlyDesktop,
		session.Agent, micros(session.CreatedAt), micros(session.SeenAt), micros(session.ExpiresAt))
	if err != nil {
		return fmt.Errorf("add session: %w", translate(err))
	}
	return nil
}

// Session returns a session with its user.
func (s *Store) Session(ctx context.Context, id string) (Session, error) {
	const query = `SELECT s.id, s.secret_hash, s.only_desktop, s.agent, s.created_at, s.seen_at, s.expires_at, ` + accountColumns + `
		FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = $1`
	var session Session
	var created, seen, expires, userCreated int64
	u := &session.User
	err := s.read.QueryRowContext(ctx, query, id).Scan(&session.ID, &session.SecretHash, &session.OnlyDesktop, &session.Agent,
		&created, &seen, &expires, &u.ID, &u.Email, &u.Name, &u.Admin, &userCreated)
	session.CreatedAt, session.SeenAt, session.ExpiresAt = moment(created), moment(seen), moment(expires)
	u.CreatedAt = moment(userCreated)
	return session, translate(err)
}

// TouchSession notes that a session was used.
func (s *Store) TouchSession(ctx context.Context, id string, now time.Time) error {
	_, err := s.write.ExecContext(ctx, `UPDATE session SET seen_at = $2 WHERE id = $1`, id, micros(now))
	return err
}

// RemoveSession ends a session. A missing one is no error.
func (s *Store) RemoveSession(ctx context.Context, id string) error {
	_, err := s.write.ExecContext(ctx, `DELETE FROM session WHERE id = $1`, id)
	return err
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

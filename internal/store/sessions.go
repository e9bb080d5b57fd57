package store

import (
	"context"
	"database/sql"
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
	Token       string        // id of the one whose link has opened it; empty: none that ends
	Agent       string
	From        string // address of its last use
	CreatedAt   time.Time
	SeenAt      time.Time
	ExpiresAt   time.Time
}

const sessionColumns = `s.id, s.secret_hash, s.only_desktop, s.token_id, s.agent, s.address, s.created_at, s.seen_at, s.expires_at, ` + accountColumns + `
	FROM session s JOIN account a ON a.id = s.account_id`

// AddSession writes a new session.
func (s *Store) AddSession(ctx context.Context, session Session) error {
	return s.inTurn(ctx, func(db writer) error { return addSession(ctx, db, session) })
}

// Session returns a session with its user.
func (s *Store) Session(ctx context.Context, id string) (Session, error) {
	session, err := scanSession(s.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` WHERE s.id = $1`, id))
	return session, translate(err)
}

// Sessions returns the sessions of an account, the last used first.
func (s *Store) Sessions(ctx context.Context, account string) ([]Session, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+sessionColumns+` WHERE s.account_id = $1 ORDER BY s.seen_at DESC, s.id`, account)
	return collect(rows, err, scanSession)
}

// TouchSession notes that a session was used, and from where, where that is known.
func (s *Store) TouchSession(ctx context.Context, id string, now time.Time, from string) error {
	const query = `UPDATE session SET seen_at = $2, address = CASE WHEN $3 = '' THEN address ELSE $3 END WHERE id = $1`
	_, err := s.write.ExecContext(ctx, query, id, micros(now), from)
	return err
}

// RemoveSession ends a session. A missing one is no error.
func (s *Store) RemoveSession(ctx context.Context, id string) error {
	return s.end(ctx, func(tx *transaction) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE id = $1`, id)
		return err
	})
}

// RemoveSessionOf ends a session of an account; ErrNotFound where it has none such.
func (s *Store) RemoveSessionOf(ctx context.Context, account, id string) error {
	return s.end(ctx, func(tx *transaction) error {
		ok, err := changed(tx.ExecContext(ctx, `DELETE FROM session WHERE account_id = $1 AND id = $2`, account, id))
		if err == nil && !ok {
			return ErrNotFound
		}
		return err
	})
}

// RemoveSessionsOf ends the sessions of an account but one, and returns their ids.
// Codes that nobody has used yet go with them: each could become another session.
func (s *Store) RemoveSessionsOf(ctx context.Context, account, except string) (ended []string, err error) {
	err = s.end(ctx, func(tx *transaction) error {
		ended, err = removeSessions(ctx, tx, account, except)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("remove sessions: %w", err)
	}
	return ended, nil
}

// Private

// executor is the database or a transaction.
type executor interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// writer is one that answers, too.
type writer interface {
	executor
	querier
}

func addSession(ctx context.Context, to executor, session Session) error {
	const query = `INSERT INTO session (id, secret_hash, account_id, only_desktop, token_id, agent, address, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	_, err := to.ExecContext(ctx, query, session.ID, session.SecretHash, session.User.ID, session.OnlyDesktop, session.Token,
		session.Agent, session.From, micros(session.CreatedAt), micros(session.SeenAt), micros(session.ExpiresAt))
	if err != nil {
		return fmt.Errorf("add session: %w", translate(err))
	}
	return nil
}

func removeSessions(ctx context.Context, tx *transaction, account, except string) (ended []string, err error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM code WHERE account_id = $1 AND used_at IS NULL`, account); err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `DELETE FROM session WHERE account_id = $1 AND id <> $2 RETURNING id`, account, except)
	return collect(rows, err, scanID)
}

func scanID(row scanner) (id string, err error) {
	err = row.Scan(&id)
	return id, err
}

func scanSession(row scanner) (Session, error) {
	var session Session
	var created, seen, expires int64
	err := scanWithUser(row, &session.User,
		&session.ID, &session.SecretHash, &session.OnlyDesktop, &session.Token, &session.Agent, &session.From, &created, &seen, &expires)
	session.CreatedAt, session.SeenAt, session.ExpiresAt = moment(created), moment(seen), moment(expires)
	return session, err
}

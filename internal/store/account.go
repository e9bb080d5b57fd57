package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/dictumal/dictumal"
)

const accountColumns = `a.id, a.issuer, a.email, a.name, a.admin, a.created_at, a.blocked_at, a.speaks_for_domain`

// returnedAccount is accountColumns of a row that was just written.
const returnedAccount = `id, issuer, email, name, admin, created_at, blocked_at, speaks_for_domain`

// AddUser writes a new user, who is known by issuer and subject; ErrDuplicate where
// those are known already.
func (s *Store) AddUser(ctx context.Context, user dictumal.User, issuer, subject string) error {
	const query = `INSERT INTO account (id, issuer, subject, email, name, admin, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	err := s.inTurn(ctx, func(db writer) error {
		_, err := db.ExecContext(ctx, query, user.ID, issuer, subject, user.Email, user.Name, user.Admin, micros(user.CreatedAt))
		return err
	})
	if err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	return nil
}

// User returns a user by id.
func (s *Store) User(ctx context.Context, id string) (dictumal.User, error) {
	const query = `SELECT ` + accountColumns + ` FROM account a WHERE a.id = $1`
	user, err := scanUser(s.read.QueryRowContext(ctx, query, id))
	return user, translate(err)
}

// UserBySubject returns the user whom an issuer knows by a subject.
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (dictumal.User, error) {
	const query = `SELECT ` + accountColumns + ` FROM account a WHERE a.issuer = $1 AND a.subject = $2`
	user, err := scanUser(s.read.QueryRowContext(ctx, query, issuer, subject))
	return user, translate(err)
}

// UsersByEmail returns the users with an e-mail, the oldest first. There may be
// several: who signs in by another provider is another user.
func (s *Store) UsersByEmail(ctx context.Context, email string) ([]dictumal.User, error) {
	const query = `SELECT ` + accountColumns + ` FROM account a WHERE a.email = $1 ORDER BY a.created_at, a.id`
	rows, err := s.read.QueryContext(ctx, query, email)
	return collect(rows, err, scanUser)
}

// SignInUser returns the user whom an issuer knows by a subject, with the e-mail and
// the name that the issuer gives today. Who is new becomes an admin if asked for and
// nobody was there before: of several who come first at once, one does.
func (s *Store) SignInUser(ctx context.Context, user dictumal.User, subject string) (known dictumal.User, err error) {
	const (
		// Who is kept out stays known by the e-mail by which that was done.
		refresh = `UPDATE account SET email = CASE WHEN blocked_at = 0 THEN $3 ELSE email END, name = $4, speaks_for_domain = $5
			WHERE issuer = $1 AND subject = $2 RETURNING ` + returnedAccount
		first = `INSERT INTO setting (name, value) VALUES ('first-user', $1) ON CONFLICT (name) DO NOTHING`
		add   = `INSERT INTO account (id, issuer, subject, email, name, admin, created_at, speaks_for_domain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, name = excluded.name, speaks_for_domain = excluded.speaks_for_domain
			RETURNING ` + returnedAccount
	)
	err = s.transact(ctx, func(tx *transaction) error {
		known, err = scanUser(tx.QueryRowContext(ctx, refresh, user.Issuer, subject, user.Email, user.Name, user.Domain))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		isFirst, err := changed(tx.ExecContext(ctx, first, user.ID))
		if err != nil {
			return err
		}
		known, err = scanUser(tx.QueryRowContext(ctx, add,
			user.ID, user.Issuer, subject, user.Email, user.Name, user.Admin && isFirst, micros(user.CreatedAt), user.Domain))
		return err
	})
	if err != nil {
		return dictumal.User{}, fmt.Errorf("sign user in: %w", err)
	}
	return known, nil
}

// Private

func scanUser(row scanner) (u dictumal.User, err error) {
	err = scanWithUser(row, &u)
	return u, err
}

// scanWithUser reads the columns of a user after others.
func scanWithUser(row scanner, u *dictumal.User, before ...any) error {
	var created, blocked int64
	err := row.Scan(append(before, &u.ID, &u.Issuer, &u.Email, &u.Name, &u.Admin, &created, &blocked, &u.Domain)...)
	u.CreatedAt, u.BlockedAt = moment(created), moment(blocked)
	return err
}

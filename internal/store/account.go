package store

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

const accountColumns = `a.id, a.issuer, a.email, a.name, a.admin, a.created_at`

// AddUser writes a new user, who is known by issuer and subject; ErrDuplicate where
// those are known already.
func (s *Store) AddUser(ctx context.Context, user dictumal.User, issuer, subject string) error {
	const query = `INSERT INTO account (id, issuer, subject, email, name, admin, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	_, err := s.write.ExecContext(ctx, query, user.ID, issuer, subject, user.Email, user.Name, user.Admin, micros(user.CreatedAt))
	if err != nil {
		return fmt.Errorf("add user: %w", translate(err))
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

// Private

func scanUser(row scanner) (dictumal.User, error) {
	var u dictumal.User
	var created int64
	err := row.Scan(&u.ID, &u.Issuer, &u.Email, &u.Name, &u.Admin, &created)
	u.CreatedAt = moment(created)
	return u, err
}

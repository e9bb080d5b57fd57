package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// ErrManyGrants says that a desktop is open to as many as may be.
var ErrManyGrants = errors.New("the deployment has as many grants as allowed")

// AddGrant writes a grant, in place of the one that its address had for the same
// deployment, and returns the id of that; empty where there was none. A deployment
// has at most so many.
func (s *Store) AddGrant(ctx context.Context, g dictumal.Grant, most int, why string) (replaced string, err error) {
	const (
		count  = `SELECT COUNT(*) FROM access_grant WHERE deployment_id = $1`
		insert = `INSERT INTO access_grant (id, deployment_id, email, control, granted_by, created_at) VALUES ($1, $2, $3, $4, $5, $6)`
	)
	err = s.transact(ctx, func(tx *transaction) error {
		var present int
		if replaced, err = dropGrant(ctx, tx, g.Deployment, g.Email); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, count, g.Deployment).Scan(&present); err != nil {
			return err
		}
		if present >= most {
			return ErrManyGrants
		}
		if _, err := tx.ExecContext(ctx, insert, g.ID, g.Deployment, g.Email, g.Control, g.By, micros(g.CreatedAt)); err != nil {
			return err
		}
		return addEvents(ctx, tx, g.Deployment, g.CreatedAt, []Entry{{Event: dictumal.Event{Kind: dictumal.EventNote, Text: why}}})
	})
	if err != nil {
		return "", fmt.Errorf("add grant: %w", err)
	}
	s.changes.announce()
	return replaced, nil
}

// RemoveGrant takes back a grant of a deployment; why tells it in the story.
func (s *Store) RemoveGrant(ctx context.Context, deployment, id string, why func(dictumal.Grant) string) (g dictumal.Grant, err error) {
	const query = `DELETE FROM access_grant WHERE deployment_id = $1 AND id = $2 RETURNING ` + grantColumns
	err = s.transact(ctx, func(tx *transaction) error {
		if g, err = scanGrant(tx.QueryRowContext(ctx, query, deployment, id)); err != nil {
			return err
		}
		return addEvents(ctx, tx, deployment, time.Now(), []Entry{{Event: dictumal.Event{Kind: dictumal.EventNote, Text: why(g)}}})
	})
	if err != nil {
		return dictumal.Grant{}, err
	}
	s.changes.announce()
	return g, nil
}

// Grants lists the grants of a deployment, oldest first.
func (s *Store) Grants(ctx context.Context, deployment string) ([]dictumal.Grant, error) {
	const query = `SELECT ` + grantColumns + ` FROM access_grant WHERE deployment_id = $1 ORDER BY id`
	rows, err := s.read.QueryContext(ctx, query, deployment)
	return collect(rows, err, scanGrant)
}

// Grant returns the grant that an address has for a deployment.
func (s *Store) Grant(ctx context.Context, deployment, email string) (dictumal.Grant, error) {
	const query = `SELECT ` + grantColumns + ` FROM access_grant WHERE deployment_id = $1 AND email = $2`
	g, err := scanGrant(s.read.QueryRowContext(ctx, query, deployment, email))
	return g, translate(err)
}

// GrantsTo lists the grants that an address has.
func (s *Store) GrantsTo(ctx context.Context, email string) ([]dictumal.Grant, error) {
	const query = `SELECT ` + grantColumns + ` FROM access_grant WHERE email = $1`
	rows, err := s.read.QueryContext(ctx, query, email)
	return collect(rows, err, scanGrant)
}

// SharedWith lists up to limit deployments for which an address has a grant and that
// are not destroyed, newest first.
func (s *Store) SharedWith(ctx context.Context, email string, limit int) ([]dictumal.Deployment, error) {
	const query = `SELECT ` + shownColumns + ` FROM deployment
		WHERE status <> 'DESTROYED' AND id IN (SELECT deployment_id FROM access_grant WHERE email = $1) ORDER BY id DESC LIMIT $2 + 0`
	rows, err := s.read.QueryContext(ctx, query, email, limit)
	return collect(rows, err, s.scanShown)
}

// Private

const grantColumns = `id, deployment_id, email, control, granted_by, created_at`

// dropGrant removes what an address has for a deployment, if anything.
func dropGrant(ctx context.Context, tx *transaction, deployment, email string) (id string, err error) {
	const query = `DELETE FROM access_grant WHERE deployment_id = $1 AND email = $2 RETURNING id`
	err = tx.QueryRowContext(ctx, query, deployment, email).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

func scanGrant(row scanner) (dictumal.Grant, error) {
	var g dictumal.Grant
	var created int64
	err := row.Scan(&g.ID, &g.Deployment, &g.Email, &g.Control, &g.By, &created)
	g.CreatedAt = moment(created)
	return g, err
}

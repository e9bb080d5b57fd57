package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// ErrStale says that the newest version is not the one that the writer had read.
var ErrStale = errors.New("another version came in between")

const constitutionColumns = `c.id, c.owner_id, v.version, v.title, v.hash, v.document, v.policy, v.created_at`

// Constitutions returns the newest version of each constitution of an owner that is
// not hidden, the last changed first.
func (s *Store) Constitutions(ctx context.Context, owner string) ([]dictumal.Constitution, error) {
	const query = `SELECT ` + constitutionColumns + ` FROM constitution c
		JOIN constitution_version v ON v.constitution_id = c.id AND v.version = c.version
		WHERE c.owner_id = $1 AND c.hidden_at = 0 ORDER BY c.updated_at DESC, c.id DESC`
	rows, err := s.read.QueryContext(ctx, query, owner)
	return collect(rows, err, scanConstitution)
}

// Constitution returns a version of a constitution, hidden or not; version 0 is the newest.
func (s *Store) Constitution(ctx context.Context, id string, version int) (dictumal.Constitution, error) {
	const query = `SELECT ` + constitutionColumns + ` FROM constitution c
		JOIN constitution_version v ON v.constitution_id = c.id
		WHERE c.id = $1 AND v.version = CASE WHEN $2 = 0 THEN c.version ELSE $2 END`
	c, err := scanConstitution(s.read.QueryRowContext(ctx, query, id, version))
	return c, translate(err)
}

// Hidden tells whether a constitution was deleted by its owner.
func (s *Store) Hidden(ctx context.Context, id string) (hidden bool, err error) {
	const query = `SELECT hidden_at <> 0 FROM constitution WHERE id = $1`
	err = s.read.QueryRowContext(ctx, query, id).Scan(&hidden)
	return hidden, translate(err)
}

// Versions returns all versions of a constitution, newest first.
func (s *Store) Versions(ctx context.Context, id string) ([]dictumal.Constitution, error) {
	const query = `SELECT ` + constitutionColumns + ` FROM constitution c
		JOIN constitution_version v ON v.constitution_id = c.id WHERE c.id = $1 ORDER BY v.version DESC`
	rows, err := s.read.QueryContext(ctx, query, id)
	return collect(rows, err, scanConstitution)
}

// AddConstitution writes the first version.
func (s *Store) AddConstitution(ctx context.Context, c dictumal.Constitution) error {
	return s.transact(ctx, func(tx *transaction) error {
		const query = `INSERT INTO constitution (id, owner_id, version, hash, hidden_at, updated_at) VALUES ($1, $2, $3, $4, 0, $5)`
		if _, err := tx.ExecContext(ctx, query, c.ID, c.Owner, c.Version, c.Hash, micros(c.CreatedAt)); err != nil {
			return fmt.Errorf("add constitution: %w", translate(err))
		}
		return addVersion(ctx, tx, c)
	})
}

// AddVersion writes the next version, provided that the newest still has the hash
// that the writer read (any, where that is empty), and returns its number.
func (s *Store) AddVersion(ctx context.Context, c dictumal.Constitution, read string) (version int, err error) {
	err = s.transact(ctx, func(tx *transaction) error {
		const query = `UPDATE constitution SET version = version + 1, hash = $2, updated_at = $3
			WHERE id = $1 AND hidden_at = 0 AND ($4 = '' OR hash = $4) RETURNING version`
		err := tx.QueryRowContext(ctx, query, c.ID, c.Hash, micros(c.CreatedAt), read).Scan(&version)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrStale
		}
		if err != nil {
			return fmt.Errorf("add version: %w", err)
		}
		c.Version = version
		return addVersion(ctx, tx, c)
	})
	return version, err
}

// Hide takes a constitution out of its owner's list.
func (s *Store) Hide(ctx context.Context, id string) error {
	const query = `UPDATE constitution SET hidden_at = $2 WHERE id = $1 AND hidden_at = 0`
	_, err := s.write.ExecContext(ctx, query, id, micros(time.Now()))
	return err
}

// Governs tells whether a deployment that is not destroyed was made from a version of
// a constitution.
func (s *Store) Governs(ctx context.Context, id string, version int) (governs bool, err error) {
	const query = `SELECT EXISTS (SELECT 1 FROM deployment WHERE constitution_id = $1 AND constitution_version = $2 AND status <> 'DESTROYED')`
	err = s.read.QueryRowContext(ctx, query, id, version).Scan(&governs)
	return governs, err
}

// Private

func addVersion(ctx context.Context, tx *transaction, c dictumal.Constitution) error {
	policy, err := encode(c.Policy)
	if err != nil {
		return err
	}
	const query = `INSERT INTO constitution_version (constitution_id, version, title, hash, document, policy, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`
	_, err = tx.ExecContext(ctx, query, c.ID, c.Version, c.Title, c.Hash, c.Document, policy, micros(c.CreatedAt))
	return translate(err)
}

func scanConstitution(row scanner) (dictumal.Constitution, error) {
	var c dictumal.Constitution
	var policy string
	var created int64
	if err := row.Scan(&c.ID, &c.Owner, &c.Version, &c.Title, &c.Hash, &c.Document, &policy, &created); err != nil {
		return c, err
	}
	c.CreatedAt = moment(created)
	return c, decode(policy, &c.Policy)
}

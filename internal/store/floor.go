package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// ErrNewer says that a later version has changed the database in a way with which this
// one cannot work.
var ErrNewer = errors.New("a later version has changed the database")

// Private

// readFloor asks which migration a program has to know at least. What is there
// beyond that a later version has added, and it is of no harm.
const readFloor = `SELECT COALESCE((SELECT value FROM setting WHERE name = 'schema.floor'), '')`

// checkFloor tells whether this program may go on with the database.
func checkFloor(database, floor string) error {
	known, err := migrationsFor(database)
	if err != nil {
		return err
	}
	if floor == "" || slices.ContainsFunc(known, func(name string) bool { return stem(name) == floor }) {
		return nil
	}
	return fmt.Errorf("%w: it needs %s", ErrNewer, floor)
}

// stem is the name of a migration whichever database it is for.
func stem(name string) string {
	name, _, _ = strings.Cut(path.Base(name), ".")
	return name
}

// turn waits until nobody else writes, and ends where this program must not any more,
// be it that this was decided meanwhile.
func (s *Store) turn(ctx context.Context, tx *transaction) error {
	if s.postgres == nil {
		return nil // nobody else writes, and nobody else is there who could decide it
	}
	if !s.current {
		_, err := tx.Tx.ExecContext(ctx, oneWriter)
		return err
	}
	var floor string
	if err := tx.Tx.QueryRowContext(ctx, `SELECT turn_to_write()`).Scan(&floor); err != nil {
		return err
	}
	return checkFloor(s.dialect(), floor)
}

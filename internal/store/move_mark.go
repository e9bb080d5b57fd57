package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
)

// Mark says that an installation has moved. It stands in the file that was moved, and
// as it is copied along, in the database to which it was moved.
type Mark struct {
	To string    `json:"to"` // host, port and database
	At time.Time `json:"at"`
	ID string    `json:"id"`
}

// Moved tells where the rows of a SQLite file have moved, if they have. In a database
// of a server the mark says only from where they came.
func (s *Store) Moved(ctx context.Context) (mark Mark, moved bool, err error) {
	if s.postgres != nil {
		return mark, false, nil
	}
	value, err := s.FindSetting(ctx, moveSetting)
	if err != nil || value == "" {
		return mark, false, err
	}
	mark, err = readMark(value)
	return mark, true, err
}

// MovedFrom tells where the rows in a file have moved, if they have. A file that cannot
// be read has none that went anywhere.
func MovedFrom(ctx context.Context, file string) (mark Mark, moved bool) {
	if _, err := os.Stat(file); err != nil {
		return mark, false
	}
	db, err := openFile("file:"+file+"?mode=rw", 1)
	if err != nil {
		return mark, false
	}
	defer func() { _ = db.Close() }()
	var value string
	if err := db.DB.QueryRowContext(ctx, findMark, moveSetting).Scan(&value); err != nil || value == "" {
		return mark, false
	}
	mark, err = readMark(value)
	return mark, err == nil
}

// Unmark makes the database in a file the installation again.
func (s *Store) Unmark(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, `DELETE FROM setting WHERE name = $1`, moveSetting); err != nil {
		return fmt.Errorf("take the mark of a move away: %w", translate(err))
	}
	return nil
}

// Private

const (
	moveSetting = "moved"
	findMark    = `SELECT COALESCE(MAX(value), '') FROM setting WHERE name = $1`
)

func readMark(value string) (mark Mark, err error) {
	if err := json.Unmarshal([]byte(value), &mark); err != nil {
		return mark, fmt.Errorf("read the mark of a move: %w", err)
	}
	return mark, nil
}

// claim looks whether there may be a move to this database, and marks the file.
func (m *mover) claim(ctx context.Context) error {
	var former string
	if err := m.source.QueryRowContext(ctx, findMark, moveSetting).Scan(&former); err != nil {
		return fmt.Errorf("read the mark of a move: %w", err)
	}
	if former != "" {
		mark, err := readMark(former)
		if err == nil && mark.To != m.place {
			err = fmt.Errorf("%w: %s", ErrMovedElsewhere, mark.To)
		}
		if err != nil {
			return err
		}
	}
	empty, err := m.empty(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return m.recognize(ctx, former)
	}
	mark, err := json.Marshal(Mark{To: m.place, At: time.Now().UTC().Truncate(time.Second), ID: rand.Text()})
	if err != nil {
		return err
	}
	const put = `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`
	if _, err := m.source.ExecContext(ctx, put, moveSetting, string(mark)); err != nil {
		return fmt.Errorf("mark the database as moved: %w", translate(err))
	}
	return nil
}

// empty tells whether there is nothing in the database but what its server's own
// extensions have put there.
func (m *mover) empty(ctx context.Context) (empty bool, err error) {
	const query = `SELECT NOT EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = current_schema()::regnamespace
		AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))`
	if err := m.target.QueryRow(ctx, query).Scan(&empty); err != nil {
		return false, fmt.Errorf("look whether the database is empty: %w", err)
	}
	return empty, nil
}

// recognize tells a move that was done already from somebody else's database: only the
// former has the mark of this file.
func (m *mover) recognize(ctx context.Context, mark string) error {
	var there bool
	if err := m.target.QueryRow(ctx, `SELECT to_regclass('setting') IS NOT NULL`).Scan(&there); err != nil {
		return fmt.Errorf("look for the mark of a move: %w", err)
	}
	if mark == "" || !there {
		return ErrOccupied
	}
	var value string
	err := m.target.QueryRow(ctx, `SELECT value FROM setting WHERE name = $1`, moveSetting).Scan(&value)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && value != mark {
		return ErrOccupied
	}
	if err != nil {
		return fmt.Errorf("look for the mark of a move: %w", err)
	}
	m.done.Before = true
	return nil
}

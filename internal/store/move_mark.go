package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
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

// Arrived tells whether the rows to which a mark belongs are in the database of a server.
// Where the move was cut short between its two commits they are not.
func Arrived(ctx context.Context, place string, mark Mark) (arrived bool, err error) {
	config, err := moveConfig(place)
	if err != nil {
		return false, err
	}
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return false, whyClosed(err)
	}
	defer hangUp(ctx, connection)
	value, err := cameWith(ctx, connection)
	if err != nil || value == "" {
		return false, err
	}
	there, err := readMark(value)
	return err == nil && there.ID == mark.ID, err
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

// former is the mark of a move before this one, empty where there was none.
func (m *mover) former(ctx context.Context) (value string, err error) {
	if err := m.source.QueryRowContext(ctx, findMark, moveSetting).Scan(&value); err != nil {
		return "", fmt.Errorf("read the mark of a move: %w", err)
	}
	if value == "" {
		return "", nil
	}
	mark, err := readMark(value)
	if err == nil && mark.To != m.place {
		err = fmt.Errorf("%w: %s", ErrMovedElsewhere, mark.To)
	}
	return value, err
}

// look looks whether there may be a move to this database, or was one. From then on a
// replica that starts there waits.
func (m *mover) look(ctx context.Context, former string) error {
	if _, err := m.target.Exec(ctx, oneWriter); err != nil {
		return fmt.Errorf("wait for the turn to write: %w", err)
	}
	empty, err := m.empty(ctx)
	if err != nil || empty {
		return err
	}
	return m.recognize(ctx, former)
}

// mark marks the file.
func (m *mover) mark(ctx context.Context) error {
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
	if mark == "" {
		return ErrOccupied
	}
	value, err := cameWith(ctx, m.target)
	if err == nil && value != mark {
		err = ErrOccupied
	}
	m.done.Before = err == nil
	return err
}

// cameWith reads the mark with which the rows of a server's database have come: empty
// where they came from no file, and where there are none.
func cameWith(ctx context.Context, server asked) (value string, err error) {
	var there bool
	if err = server.QueryRow(ctx, `SELECT to_regclass('setting') IS NOT NULL`).Scan(&there); err == nil && there {
		err = server.QueryRow(ctx, findMark, moveSetting).Scan(&value)
	}
	if err != nil {
		return "", fmt.Errorf("look for the mark of a move: %w", err)
	}
	return value, nil
}

// asked is a connection to a server, or a transaction there.
type asked interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
}

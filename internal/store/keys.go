package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// SealedValue is a sealed value, and where it is kept.
type SealedValue struct {
	// Context binds the value to its place.
	Context string
	Value   string

	place int // in sealedPlaces
	row   string
}

// Resealed is a sealed value, and what is to be in its place.
type Resealed struct {
	SealedValue

	By string
}

// SealedBy lists values of rows that begin with a head, which names the key that they
// were sealed with; those that follow one of them, or the first. What somebody works on
// at the moment is among them.
func (s *Store) SealedBy(ctx context.Context, head string, after SealedValue, limit int) ([]SealedValue, error) {
	var all []SealedValue
	places := sealedPlaces()
	for ; after.place < len(places) && len(all) < limit; after = (SealedValue{place: after.place + 1}) {
		place := places[after.place]
		rows, err := s.read.QueryContext(ctx, place.list(), head, after.row, limit-len(all))
		some, err := collect(rows, err, func(row scanner) (SealedValue, error) {
			v := SealedValue{place: after.place}
			err := row.Scan(&v.row, &v.Value)
			v.Context = strings.Join([]string{place.table, v.row, place.column}, "|")
			return v, err
		})
		if err != nil {
			return nil, fmt.Errorf("list what is sealed in %s.%s: %w", place.table, place.column, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// Reseal puts values in the place of others, all in one transaction, and counts them.
// One that has changed meanwhile is left alone, and so is one in a row that somebody
// works on, who would write back what it was. A worker whose claim is over writes
// nothing any more, for the same reason.
func (s *Store) Reseal(ctx context.Context, values []Resealed) (done int, err error) {
	places, now := sealedPlaces(), micros(time.Now())
	err = s.transact(ctx, func(tx *transaction) error {
		for _, v := range values {
			args := []any{v.By, v.row, v.Value}
			if places[v.place].claimed {
				args = append(args, now)
			}
			ok, err := changed(tx.ExecContext(ctx, places[v.place].update(), args...))
			if err != nil {
				return fmt.Errorf("reseal %s: %w", v.Context, err)
			}
			if ok {
				done++
			}
		}
		return nil
	})
	return done, err
}

// SealedCount counts the values that were sealed with one key.
type SealedCount struct {
	Rows     int // those of deployments
	Settings int // those of the installation
}

// SealedCounts counts the sealed values by the first letters of each, as many as name
// the key.
func (s *Store) SealedCounts(ctx context.Context, letters int) (map[string]SealedCount, error) {
	parts := []string{`SELECT substr(value, 1, $1 + 0) AS head, 0 AS of_row FROM setting WHERE name LIKE '` + sealedSettings + `'`}
	for _, place := range sealedPlaces() {
		parts = append(parts, fmt.Sprintf(`SELECT substr(%[2]s, 1, $1 + 0) AS head, 1 AS of_row FROM %[1]s WHERE %[2]s <> ''`, place.table, place.column))
	}
	query := `SELECT head, SUM(of_row), SUM(1 - of_row) FROM (` + strings.Join(parts, " UNION ALL ") + `) AS sealed GROUP BY head`
	counts := map[string]SealedCount{}
	rows, err := s.read.QueryContext(ctx, query, letters)
	_, err = collect(rows, err, func(row scanner) (head string, err error) {
		var c SealedCount
		err = row.Scan(&head, &c.Rows, &c.Settings)
		counts[head] = c
		return head, err
	})
	if err != nil {
		return nil, fmt.Errorf("count what is sealed: %w", err)
	}
	return counts, nil
}

// EmptyLog moves what is in the database's log into its file, so that what was replaced
// is nowhere any more. It waits for those who read. A PostgreSQL server does that by
// itself in time, and keeps in its log what standbys and backups need.
func (s *Store) EmptyLog(ctx context.Context) error {
	if s.postgres != nil {
		return nil
	}
	var busy, log, moved int
	err := s.write.DB.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved)
	if err == nil && busy != 0 {
		err = errors.New("somebody reads all the time")
	}
	if err != nil {
		return fmt.Errorf("empty the log of the database: %w", translate(err))
	}
	return nil
}

// FindSetting returns the value of a setting; empty where it was never set.
func (s *Store) FindSetting(ctx context.Context, name string) (value string, err error) {
	const query = `SELECT COALESCE(MAX(value), '') FROM setting WHERE name = $1`
	if err := s.read.QueryRowContext(ctx, query, name).Scan(&value); err != nil {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

// SealedSettings returns the settings that are sealed, by their names, all as they were
// at one moment.
func (s *Store) SealedSettings(ctx context.Context) (map[string]string, error) {
	const query = `SELECT name, value FROM setting WHERE name LIKE '` + sealedSettings + `'`
	settings := map[string]string{}
	rows, err := s.read.QueryContext(ctx, query)
	_, err = collect(rows, err, func(row scanner) (name string, err error) {
		var value string
		err = row.Scan(&name, &value)
		settings[name] = value
		return name, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the sealed settings: %w", err)
	}
	return settings, nil
}

// MoveSetting gives a setting another name and value, unless there is one with that
// name already: that one stays, and the former is gone.
func (s *Store) MoveSetting(ctx context.Context, from, to, value string) error {
	return s.transact(ctx, func(tx *transaction) error {
		const add = `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
		if _, err := tx.ExecContext(ctx, add, to, value); err != nil {
			return fmt.Errorf("write setting %s: %w", to, err)
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM setting WHERE name = $1`, from); err != nil {
			return fmt.Errorf("remove setting %s: %w", from, err)
		}
		return nil
	})
}

// Private

// sealedSettings are the settings that are sealed; the id of the key is in the name.
const sealedSettings = "authority-%"

// sealedPlace is a column with sealed values, beside the id of the row. In rows that
// workers claim, a worker keeps the value in memory.
type sealedPlace struct {
	table, column string
	claimed       bool
}

func sealedPlaces() []sealedPlace {
	return []sealedPlace{
		{"deployment", "client_key", true},
		{"deployment", "host_key", true},
		{"deployment", "stream_secret", true},
	}
}

func (p sealedPlace) list() string {
	return fmt.Sprintf(`SELECT id, %[2]s FROM %[1]s WHERE substr(%[2]s, 1, length($1)) = $1 AND id > $2 ORDER BY id LIMIT $3 + 0`, p.table, p.column)
}

func (p sealedPlace) update() string {
	query := fmt.Sprintf(`UPDATE %[1]s SET %[2]s = $1 WHERE id = $2 AND %[2]s = $3`, p.table, p.column)
	if p.claimed {
		query = fmt.Sprintf(`UPDATE %[1]s SET %[2]s = $1, fence = fence + 1 WHERE id = $2 AND %[2]s = $3 AND lease_until <= `+timeFunction+`($4)`, p.table, p.column)
	}
	return query
}

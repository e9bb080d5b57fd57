package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date, each file in a transaction of its own
// together with the note that it ran.
func (s *Store) migrate(ctx context.Context) error {
	var before []string
	err := s.patiently(ctx, func(tx *transaction) (err error) {
		if _, err := tx.Tx.ExecContext(ctx, migrationTable); err != nil {
			return err
		}
		before, err = s.applied(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	names, err := migrationsFor(s.dialect())
	if err != nil {
		return err
	}
	for _, name := range names {
		if slices.Contains(before, name) {
			continue // most starts find all of them there
		}
		if err := s.patiently(ctx, func(tx *transaction) error { return s.applyMigration(ctx, tx, name) }); err != nil {
			return fmt.Errorf("migrate %s: %w", name, err)
		}
	}
	s.current = true
	return nil
}

// patiently runs work in a transaction that takes as long as it needs: an index of a large
// table that was given up would be begun anew at each start. Its turn comes as soon as any.
func (s *Store) patiently(ctx context.Context, work func(tx *transaction) error) error {
	return s.atomically(ctx, func(tx *transaction) error {
		if s.postgres != nil {
			if _, err := tx.Tx.ExecContext(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
				return err
			}
		}
		return work(tx)
	})
}

// applied names the migrations that ran, unless a later version was here.
func (s *Store) applied(ctx context.Context, tx *transaction) ([]string, error) {
	done, err := migrated(ctx, tx.Tx)
	if err != nil || len(done) == 0 {
		return nil, err // there are no settings yet
	}
	var floor string
	if err := tx.Tx.QueryRowContext(ctx, readFloor).Scan(&floor); err != nil {
		return nil, err
	}
	return done, checkFloor(s.dialect(), floor)
}

// migrated names the migrations that ran on a database.
func migrated(ctx context.Context, db interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
},
) ([]string, error) {
	rows, err := db.QueryContext(ctx, `SELECT name FROM migration`) //nolint:rowserrcheck // collect looks
	return collect(rows, err, func(row scanner) (name string, err error) {
		err = row.Scan(&name)
		return name, err
	})
}

// migrationTable holds the names of the migrations that ran.
const migrationTable = `CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY)`

// dialect names the texts that are for this database alone.
func (s *Store) dialect() string {
	if s.postgres != nil {
		return "postgres"
	}
	return "sqlite"
}

// migrationsFor lists the migrations of one database in their order. A text that only
// one of them understands has its name before the ending, as in 0013_x.sqlite.sql.
func migrationsFor(database string) ([]string, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	return slices.DeleteFunc(names, func(name string) bool {
		dialect := path.Ext(strings.TrimSuffix(name, ".sql"))
		return dialect != "" && dialect != "."+database
	}), err
}

func (s *Store) applyMigration(ctx context.Context, tx *transaction, name string) error {
	done, err := changed(tx.Tx.ExecContext(ctx, `INSERT INTO migration (name) VALUES ($1) ON CONFLICT DO NOTHING`, name))
	if err != nil || !done {
		return err
	}
	text, err := migrationText(s.dialect(), name)
	if err != nil {
		return err
	}
	_, err = tx.Tx.ExecContext(ctx, text) // several statements, once
	return err
}

// migrationText is what a migration does to one of the databases.
func migrationText(database, name string) (string, error) {
	text, err := migrations.ReadFile(name)
	if err != nil || database != "postgres" || !strings.Contains(string(text), "TEXT") {
		return string(text), err
	}
	return string(text) + bytewise, nil
}

// bytewise has PostgreSQL compare what texts a migration has added as SQLite does,
// whatever the language of the database.
const bytewise = `;
DO $$
DECLARE place RECORD;
BEGIN
    FOR place IN SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE TEXT COLLATE "C"', place.table_name, place.column_name);
    END LOOP;
END $$`

package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Private

// ownTable is written by migrations alone, and not the same in both databases.
const ownTable = "migration"

// table is one that is copied, with its columns as both databases have them.
type table struct {
	name    string
	columns []string
	kinds   []string // in PostgreSQL's words
}

// build makes the tables, empty of what migrations have put in.
func (m *mover) build(ctx context.Context) error {
	names, err := migrationsFor("postgres")
	if err != nil {
		return err
	}
	if _, err := m.target.Exec(ctx, migrationTable); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	for _, name := range names {
		text, err := migrationText("postgres", name)
		if err != nil {
			return err
		}
		_, err = m.target.Exec(ctx, text)
		if err == nil {
			_, err = m.target.Exec(ctx, `INSERT INTO migration (name) VALUES ($1)`, name)
		}
		if err != nil {
			return fmt.Errorf("migrate %s: %w", name, err)
		}
	}
	return nil
}

// tables lists what is to be copied, as the databases tell it: each table after those
// to which its rows refer.
func (m *mover) tables(ctx context.Context) (all []table, err error) {
	const list = `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> $1 ORDER BY name`
	names, err := m.list(ctx, list, ownTable)
	if err != nil {
		return nil, err
	}
	there, err := m.target.Query(ctx, `SELECT table_name::text FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND table_name <> $1 ORDER BY table_name COLLATE "C"`, ownTable)
	if err != nil {
		return nil, err
	}
	others, err := pgx.CollectRows(there, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	if !slices.Equal(names, others) {
		return nil, fmt.Errorf("the tables are %v on one side and %v on the other", names, others)
	}
	if names, err = m.inOrder(ctx, names); err != nil {
		return nil, err
	}
	for _, name := range names {
		t, err := m.table(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// table reads the columns of a table on both sides.
func (m *mover) table(ctx context.Context, name string) (t table, err error) {
	t.name = name
	if t.columns, err = m.list(ctx, `SELECT name FROM pragma_table_info($1) ORDER BY name`, name); err != nil {
		return t, err
	}
	rows, err := m.target.Query(ctx, `SELECT column_name::text, data_type::text FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name COLLATE "C"`, name)
	if err != nil {
		return t, err
	}
	var others []string
	var column, kind string
	_, err = pgx.ForEachRow(rows, []any{&column, &kind}, func() error {
		others, t.kinds = append(others, column), append(t.kinds, kind)
		return nil
	})
	if err == nil && !slices.Equal(t.columns, others) {
		err = fmt.Errorf("%s has the columns %v on one side and %v on the other", name, t.columns, others)
	}
	return t, err
}

// inOrder sorts tables so that none refers to one that comes later.
func (m *mover) inOrder(ctx context.Context, names []string) (sorted []string, err error) {
	needs := map[string][]string{}
	for _, name := range names {
		if needs[name], err = m.list(ctx, `SELECT DISTINCT "table" FROM pragma_foreign_key_list($1) WHERE "table" <> $1`, name); err != nil {
			return nil, err
		}
	}
	for len(names) > 0 {
		ready := slices.IndexFunc(names, func(name string) bool {
			return !slices.ContainsFunc(needs[name], func(other string) bool { return slices.Contains(names, other) })
		})
		if ready < 0 {
			return nil, errors.New("tables refer to each other in a ring")
		}
		sorted = append(sorted, names[ready])
		names = slices.Delete(names, ready, ready+1)
	}
	return sorted, nil
}

// list reads one column of the file.
func (m *mover) list(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := m.source.QueryContext(ctx, query, args...) //nolint:rowserrcheck // whoever reads the list looks
	return collect(rows, err, func(row scanner) (text string, err error) { return text, row.Scan(&text) })
}

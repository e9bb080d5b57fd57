package store

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal/internal/postgrestest"
)

func TestBothDatabasesHaveTheSameTables(t *testing.T) {
	const (
		inSQLite = `SELECT m.name || '.' || c.name, LOWER(c.type), c."notnull" = 1 OR c.pk > 0 FROM sqlite_master m JOIN pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'`
		inPostgres = `SELECT table_name || '.' || column_name, data_type, is_nullable = 'NO' FROM information_schema.columns
			WHERE table_schema = current_schema()`
	)
	if diff := cmp.Diff(
		columnsOf(t, filepath.Join(t.TempDir(), "dictumal.db"), inSQLite),
		columnsOf(t, postgrestest.Database(t), inPostgres),
	); diff != "" {
		t.Errorf("columns (-SQLite +PostgreSQL):\n%s", diff)
	}
}

func TestPostgreSQLComparesEachTextByteForByte(t *testing.T) {
	const others = `SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
		WHERE table_schema = current_schema() AND collation_name IS DISTINCT FROM 'C'
		AND data_type NOT IN ('bigint', 'boolean', 'double precision')`
	s := opened(t, postgrestest.Database(t))
	rows, err := s.read.QueryContext(t.Context(), others)
	if found, err := collect(rows, err, scanID); err != nil || len(found) > 0 {
		t.Errorf("these are not: %v, %v", found, err)
	}
}

// TestDueRowsEventsAndSessionsAreFoundByAnIndexOfTheServer is on rows enough that it
// would otherwise read all of them.
func TestDueRowsEventsAndSessionsAreFoundByAnIndexOfTheServer(t *testing.T) {
	s := opened(t, postgrestest.Database(t))
	fill(t, s)
	for _, test := range []struct {
		name, query string
		arguments   []any
		indexes     []string
	}{
		{"claim what people wait for", claimUnsettled, []any{"w", 1, 1, 8}, []string{"deployment_unsettled"}},
		{"claim what is looked after", claimSettled, []any{"w", 1, 1, 8}, []string{"deployment_settled"}},
		{"the next that people wait for", nextUnsettled, []any{1}, []string{"deployment_unsettled"}},
		{"the next that is looked after", nextSettled, []any{1}, []string{"deployment_settled"}},
		{"the newest events", `SELECT ` + eventColumns + ` FROM event e WHERE e.number > $1 ORDER BY e.number LIMIT $2 + 0`, []any{49_900, 100}, []string{"event_pkey"}},
		{
			"the events of one", `SELECT ` + eventColumns + ` FROM event e WHERE e.deployment_id = $1 AND e.number > $2 ORDER BY e.number LIMIT $3 + 0`,
			[]any{"D77", 0, 100},
			[]string{"event_deployment"},
		},
		{"a session", `SELECT ` + sessionColumns + ` WHERE s.id = $1`, []any{"S77"}, []string{"session_pkey"}},
	} {
		rows, err := s.read.DB.QueryContext(t.Context(), "EXPLAIN "+test.query, test.arguments...) //nolint:rowserrcheck // whoever reads the list looks
		plan, err := collect(rows, err, scanID)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		text := strings.Join(plan, "\n")
		for _, index := range test.indexes {
			if !strings.Contains(text, index) {
				t.Errorf("%s does not use %s:\n%s", test.name, index, text)
			}
		}
		for _, table := range []string{"deployment", "event", "session"} {
			if strings.Contains(text, "Seq Scan on "+table+" ") {
				t.Errorf("%s reads all of %s:\n%s", test.name, table, text)
			}
		}
	}
}

// Private

func columnsOf(t *testing.T, place, query string) map[string]string {
	t.Helper()
	found := map[string]string{}
	rows, err := opened(t, place).read.QueryContext(t.Context(), query)
	_, err = collect(rows, err, func(row scanner) (name string, err error) {
		var kind string
		var needed bool
		err = row.Scan(&name, &kind, &needed)
		if kind == "integer" { // an alias of the row in SQLite, where it has 64 bits, too
			kind = "bigint"
		}
		found[name] = fmt.Sprint(kind, " needed: ", needed)
		return name, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// fill writes as many rows as a large installation has.
func fill(t *testing.T, s *Store) {
	t.Helper()
	for _, statement := range []string{
		`INSERT INTO account (id, issuer, subject, email, name, admin, created_at) SELECT 'U' || n, 'local', 'U' || n, n || '@example.org', '', FALSE, 1
			FROM generate_series(1, 1000) n`,
		`INSERT INTO deployment (id, owner_id, constitution_id, constitution_version, constitution_title, constitution_hash, policy, provider, stream,
			region, size, price_per_hour, status, stage, checks, failure, machine_name, machine_id, ip, machine_gone_at, create_sent_at, start_sent_at,
			absences, absent_since, log_offset, client_key, client_public, host_key, host_public, generation, reconcile_at, lease_owner, lease_until,
			fence, created_at, configuring_at, active_at, error_at, destroyed_at, expires_at)
			SELECT 'D' || n, 'U' || n % 1000 + 1, '', 1, '', '', '{}', 'memory', 'native', '', '', 0,
			CASE WHEN n % 10 = 0 THEN 'CONFIGURING' WHEN n % 2 = 0 THEN 'ACTIVE' ELSE 'DESTROYED' END, '', '{}', '', 'm' || n, '', '', 0, 0, 0,
			0, 0, 0, '', '', '', '', 1, n, '', 0, 0, n, 0, 0, 0, 0, 0 FROM generate_series(1, 20000) n`,
		`INSERT INTO event (number, deployment_id, at, kind, status, stage, text, log_offset)
			SELECT n, 'D' || n % 20000 + 1, n, 'note', '', '', 'A sentence.', 0 FROM generate_series(1, 50000) n`,
		`INSERT INTO session (id, secret_hash, account_id, only_desktop, agent, created_at, seen_at, expires_at)
			SELECT 'S' || n, '', 'U' || n % 1000 + 1, '', '', 1, 1, 1 FROM generate_series(1, 20000) n`,
		`ANALYZE`,
	} {
		if _, err := s.write.DB.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

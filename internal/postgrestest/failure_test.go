package postgrestest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal/internal/postgrestest"
)

func TestWhatWasCommittedIsThereAfterEachFailure(t *testing.T) {
	primary := postgrestest.Start(t)
	place := primary.Database(t)
	do(t, place, `CREATE TABLE number (value BIGINT)`)

	add(t, place, 1)
	primary.Restart(t)
	add(t, place, 2)
	primary.Kill(t)
	primary.Resume(t)
	add(t, place, 3)

	standby := primary.Standby(t)
	add(t, place, 4)
	primary.Kill(t)
	standby.Promote(t)
	database := database(t, place)
	for _, place := range []string{standby.URL(database), primary.URL(database, standby)} {
		add(t, place, 5)
	}
	if got := sum(t, standby.URL(database)); got != 1+2+3+4+5+5 {
		t.Errorf("the numbers are %d in total", got)
	}
}

// Private

func connect(t *testing.T, place string) *pgx.Conn {
	t.Helper()
	connection, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

func do(t *testing.T, place, statement string, arguments ...any) {
	t.Helper()
	connection := connect(t, place)
	defer func() { _ = connection.Close(t.Context()) }()
	if _, err := connection.Exec(t.Context(), statement, arguments...); err != nil {
		t.Fatal(err)
	}
}

func add(t *testing.T, place string, number int) {
	t.Helper()
	do(t, place, `INSERT INTO number VALUES ($1)`, number)
}

func sum(t *testing.T, place string) (total int) {
	t.Helper()
	connection := connect(t, place)
	defer func() { _ = connection.Close(t.Context()) }()
	if err := connection.QueryRow(t.Context(), `SELECT SUM(value) FROM number`).Scan(&total); err != nil {
		t.Fatal(err)
	}
	return total
}

func database(t *testing.T, place string) string {
	t.Helper()
	config, err := pgx.ParseConfig(place)
	if err != nil {
		t.Fatal(err)
	}
	return config.Database
}

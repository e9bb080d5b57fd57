package main

import (
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/dictumal/dictumal/internal/postgrestest"
)

// postgres makes an empty database on a real server and puts its URL into a variable:
// postgres NAME [STATEMENT...]. The statements are run in it.
func postgres(t *testing.T) func(ts *testscript.TestScript, neg bool, args []string) {
	t.Helper()
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) == 0 {
			ts.Fatalf("usage: postgres NAME [STATEMENT...]")
		}
		place := postgrestest.Database(t)
		ts.Setenv(args[0], place)
		if address, err := url.Parse(place); err == nil {
			ts.Setenv("POSTGRES_SOCKET", address.Query().Get("host"))
		}
		connection, err := pgx.Connect(t.Context(), place)
		ts.Check(err)
		defer func() { ts.Check(connection.Close(t.Context())) }()
		_, err = connection.Exec(t.Context(), strings.Join(args[1:], "; "))
		ts.Check(err)
	}
}

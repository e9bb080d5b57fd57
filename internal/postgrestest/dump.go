package postgrestest

import (
	"crypto/rand"
	"path/filepath"
	"testing"
)

// Dump copies a database of the server of this test process into a file, as operators do.
func Dump(tb testing.TB, place string) (file string) {
	tb.Helper()
	server, err := shared()
	must(tb, err)
	file = filepath.Join(server.folder, "dump-"+rand.Text()[:12])
	must(tb, server.run("pg_dump", "--format=custom", "--file="+file, "--dbname="+place))
	return file
}

// Restore fills an empty database with what Dump has written.
func Restore(tb testing.TB, file, place string) {
	tb.Helper()
	server, err := shared()
	must(tb, err)
	must(tb, server.run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "--dbname="+place, file))
}

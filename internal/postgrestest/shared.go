package postgrestest

import (
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
)

// Database makes an empty database on the server of this test process, and returns its
// URL. It is gone with the test. Where there is no PostgreSQL the test is skipped.
func Database(tb testing.TB) string {
	tb.Helper()
	server, err := shared()
	needed(tb, err)
	return server.Database(tb)
}

// Database makes an empty database on the server, and returns its URL. It is gone with
// the test.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	name := "test_" + strings.ToLower(rand.Text()[:12])
	s.Do(tb, "CREATE DATABASE "+name)
	if s.port == "" { // it goes on without this test
		tb.Cleanup(func() { s.Do(tb, "DROP DATABASE "+name+" WITH (FORCE)") })
	}
	return s.URL(name)
}

// Private

var errMissing = errors.New("PostgreSQL is not installed")

func needed(tb testing.TB, err error) {
	tb.Helper()
	if errors.Is(err, errMissing) {
		tb.Skip("Tests on PostgreSQL need its binaries (Debian: postgresql).")
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// shared is started once for all tests of this process, and ends with it.
var shared = sync.OnceValues(func() (*Server, error) { return serve("") })

package config_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/config"
)

// withSecret is what replicas share besides the database.
const withSecret = "AUTH_SECRET=one-secret-that-is-long-enough-for-keys"

func TestTheDatabaseIsAFileOrAServers(t *testing.T) {
	urlFile := write(t, t.TempDir(), "url", "postgres://ada:s3cr3t-word@localhost/rows\n")
	for _, test := range []struct {
		name, environ, database, place string
		postgres                       bool
	}{
		{"a file", "DICTUMAL_DATA_DIR=/d", "/d/dictumal.db", "/d/dictumal.db", false},
		{"a server's", "DATABASE_URL=postgresql://localhost/rows", "postgresql://localhost/rows", "postgresql://localhost/rows", true},
		{"a URL in a file", "DATABASE_URL_FILE=" + urlFile, "postgres://ada:s3cr3t-word@localhost/rows", "postgres://ada@localhost/rows", true},
		{
			"of several servers", "DATABASE_URL=postgres://ada:s3cr3t-word@a:1,b:2/rows?sslmode=require",
			"postgres://ada:s3cr3t-word@a:1,b:2/rows?sslmode=require", "postgres://ada@a:1,b:2/rows?sslmode=require", true,
		},
		{
			"with its password behind", "DATABASE_URL=postgres:///rows?host=/run/postgresql&password=s3cr3t-word",
			"postgres:///rows?host=/run/postgresql&password=s3cr3t-word", "postgres:///rows?host=%2Frun%2Fpostgresql", true,
		},
		{"far away, in the clear as it is asked for", "DATABASE_URL=postgres://db/rows?sslmode=disable", "postgres://db/rows?sslmode=disable", "postgres://db/rows?sslmode=disable", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := config.Load(strings.Fields(test.environ+" "+withSecret), "")
			if err != nil {
				t.Fatal(err)
			}
			if got.Database() != test.database || got.DatabasePlace() != test.place || got.Postgres() != test.postgres {
				t.Errorf("the database is %q, told as %q, PostgreSQL's: %v", got.Database(), got.DatabasePlace(), got.Postgres())
			}
			for _, setting := range got.Describe() {
				if strings.Contains(setting.Value, "s3cr3t") {
					t.Errorf("%s shows a password: %s", setting.Name, setting.Value)
				}
			}
		})
	}
}

func TestADatabasesPasswordIsASecretHoweverItIsGiven(t *testing.T) {
	t.Setenv("PGPASSFILE", write(t, t.TempDir(), "pass", "localhost:*:*:ada:of/the file\n"))
	for address, want := range map[string]string{
		"postgres://ada:a%2Fb%20c@localhost/rows":      "a/b c",
		"postgres://ada@localhost/rows?password=a%2Fb": "a/b",
		"postgres://ada@localhost/rows":                "of/the file",
	} {
		got, err := config.Load([]string{"DATABASE_URL=" + address, withSecret}, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{want, address} {
			if !slices.Contains(got.Secrets(), secret) {
				t.Errorf("of %s, %q is not among the secrets", address, secret)
			}
		}
	}
}

func TestTheDataFolderIsEachReplicasOwn(t *testing.T) {
	got, err := config.Load([]string{"DATABASE_URL=postgres://localhost/rows", withSecret, "DICTUMAL_DATA_DIR=/d"}, "")
	if err != nil || got.ControlSocket() != filepath.Join("/d", "control.sock") {
		t.Errorf("the socket is %q, %v", got.ControlSocket(), err)
	}
}

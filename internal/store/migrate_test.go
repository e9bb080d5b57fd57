package store_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestADatabaseOfAnEarlierVersionKeepsItsDesktops(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	earlier(t, file, "0001_init.sql", "0002_sighting_newer.sql")
	for range 2 { // the second time nothing is left to be done
		s, err := store.Open(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		row, err := s.Deployment(t.Context(), "D1")
		if err != nil {
			t.Fatal(err)
		}
		if row.Status != dictumal.Active || row.MachineID != "m-1" || row.IP != "192.0.2.1" || row.ClientKey != "sealed" ||
			row.Stream != dictumal.Native || row.Policy.Lifetime.TTL != time.Hour {
			t.Errorf("the desktop has become %+v", row)
		}
		if row.Warning != nil || row.StreamSecret != "" || row.ClockSkew != 0 || row.CertificateNames != "" || !row.CertificateUntil.IsZero() {
			t.Errorf("the desktop has what its version did not know: %+v", row)
		}
		if err := s.Save(t.Context(), claim(t, s, time.Hour), store.Outcome{Wake: time.Now()}); err != nil {
			t.Error(err)
		}
		if story, err := s.Timeline(t.Context(), "D1"); err != nil || len(story) != 1 || story[0].Text != "The desktop is ready." {
			t.Errorf("its story is %+v, %v", story, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Private

// earlier makes the database of a version that knew these migrations only, with a
// desktop that works.
func earlier(t *testing.T, file string, known ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{`CREATE TABLE migration (name TEXT PRIMARY KEY)`}
	for _, name := range known {
		text, err := os.ReadFile(filepath.Join("migrations", name))
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text), `INSERT INTO migration (name) VALUES ('migrations/`+name+`')`)
	}
	texts = append(texts,
		`INSERT INTO account VALUES ('ada', 'local', 'ada', 'ada@example.org', 'Ada', TRUE, 1)`,
		`INSERT INTO deployment VALUES ('D1', 'ada', 'C1', 1, 'A desk', 'hash', '{"lifetime":{"ttl":3600000000000}}', 'incus', 'native',
			'local', 's-1vcpu-1gb', 0, 'ACTIVE', 'active', '{"ssh22":true}', '', 'dictumal-here-machine', 'm-1', '192.0.2.1',
			0, 1, 0, 0, 0, 0, 'sealed', 'public', '', 'public', 1, 1, '', 0, 7, 1, 1, 1, 0, 0, 0)`,
		`INSERT INTO api_token VALUES ('T1', 'hash', 'ada', 'a robot', 1, 9000000000000000, 0)`,
		`INSERT INTO event VALUES (1, 'D1', 1, 'status', 'ACTIVE', '', 'The desktop is ready.', 0)`,
		`UPDATE event_number SET value = 1`)
	for _, text := range texts {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

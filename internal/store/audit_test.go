package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

func TestTheDatabaseRefusesToChangeTheAuditLog(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	s, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	deeds(t, s, deed(1), deed(2))
	before := lines(t, s, store.Deeds{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	const values = `at, actor_id, email, via, from_address, action, object, result, detail, chain FROM audit WHERE number = 2`
	for statement, want := range map[string]string{
		`DELETE FROM audit WHERE number = 1`:                                                       "cannot be removed",
		`DELETE FROM audit`:                                                                        "cannot be removed",
		`UPDATE audit SET email = 'bob@example.org' WHERE number = 1`:                              "cannot be changed",
		`UPDATE OR REPLACE audit SET number = 1 WHERE number = 2`:                                  "cannot be changed",
		`INSERT OR REPLACE INTO audit SELECT 1, ` + values:                                         "only be added after the last",
		`INSERT INTO audit SELECT 0, ` + values:                                                    "only be added after the last",
		`INSERT INTO audit SELECT 1, ` + values + ` ON CONFLICT (number) DO UPDATE SET email = ''`: "only be added after the last",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s answers %v, want %q", statement, err, want)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s, err = store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if diff := cmp.Diff(before, lines(t, s, store.Deeds{})); diff != "" {
		t.Error(diff)
	}
}

func TestEachLineOfTheAuditLogIsChainedToThoseBefore(t *testing.T) {
	s := open(t)
	deeds(t, s, deed(1))
	deeds(t, s, deed(2), deed(3)) // in one transaction
	deeds(t, s)
	chain := ""
	for i, line := range lines(t, s, store.Deeds{}) {
		want := deed(i + 1)
		want.Number = int64(i + 1)
		if diff := cmp.Diff(want, line.Deed); diff != "" {
			t.Error(diff)
		}
		if chain = want.Chain(chain); line.Chain != chain {
			t.Errorf("line %d has the chain %q, want %q", i+1, line.Chain, chain)
		}
	}
}

func TestTheAuditLogIsNarrowedByEachOfItsFields(t *testing.T) {
	s := open(t)
	for i := range 9 {
		deeds(t, s, deed(i+1))
	}
	other := deed(10)
	other.Actor, other.Email, other.Action, other.Object, other.Result = "u2", "grace_h@example.org", "token.create", "T1", dictumal.ResultRefused
	deeds(t, s, other)
	noon := deed(0).At
	for _, test := range []struct {
		name   string
		wanted store.Deeds
		want   string
	}{
		{"everything", store.Deeds{}, "1 2 3 4 5 6 7 8 9 10"},
		{"an id", store.Deeds{Who: "u2"}, "10"},
		{"a part of an address, however it is written", store.Deeds{Who: "GRACE"}, "10"},
		{"a part of an address that means itself", store.Deeds{Who: "e_h"}, "10"},
		{"a wildcard that means itself", store.Deeds{Who: "a_a"}, ""},
		{"another that means itself", store.Deeds{Who: "%"}, ""},
		{"a backslash that means itself", store.Deeds{Who: `\`}, ""},
		{"the beginning of an action", store.Deeds{Action: "token."}, "10"},
		{"the end of an action", store.Deeds{Action: "create"}, ""},
		{"an object", store.Deeds{Object: "D3"}, "3"},
		{"a result", store.Deeds{Result: dictumal.ResultRefused}, "10"},
		{"since", store.Deeds{Since: noon.Add(9 * time.Second)}, "9 10"},
		{"until", store.Deeds{Until: noon.Add(3 * time.Second)}, "1 2"},
		{"several", store.Deeds{Who: "ada", Since: noon.Add(4 * time.Second), Until: noon.Add(6 * time.Second)}, "4 5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			oldest := numbers(lines(t, s, test.wanted))
			if oldest != test.want {
				t.Errorf("found %q, want %q", oldest, test.want)
			}
			newest, err := s.NewestDeeds(t.Context(), test.wanted, 0, 100)
			if err != nil {
				t.Fatal(err)
			}
			for i, j := 0, len(newest)-1; i < j; i, j = i+1, j-1 {
				newest[i], newest[j] = newest[j], newest[i]
			}
			if got := numbers(newest); got != test.want {
				t.Errorf("the newest first, backwards, are %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheAuditLogIsReadInPages(t *testing.T) {
	s := open(t)
	for i := range 5 {
		deeds(t, s, deed(i+1))
	}
	newest, err := s.NewestDeeds(t.Context(), store.Deeds{}, 4, 2)
	if err != nil || numbers(newest) != "3 2" {
		t.Errorf("before 4 come %q, %v", numbers(newest), err)
	}
	oldest, err := s.DeedsAfter(t.Context(), store.Deeds{}, 1, 2)
	if err != nil || numbers(oldest) != "2 3" {
		t.Errorf("after 1 come %q, %v", numbers(oldest), err)
	}
}

// Private

func deed(n int) dictumal.Deed {
	return dictumal.Deed{
		At:    time.Date(2026, 11, 20, 12, 0, n, 1000, time.UTC),
		Actor: "u1", Email: "Ada@example.org", Via: dictumal.ViaSession, From: "192.0.2.1",
		Action: "deployment.launch", Object: fmt.Sprintf("D%d", n), Result: dictumal.ResultDone, Detail: "A sentence.",
	}
}

func deeds(t *testing.T, s *store.Store, deeds ...dictumal.Deed) {
	t.Helper()
	if err := s.AddDeeds(t.Context(), deeds...); err != nil {
		t.Fatal(err)
	}
}

func lines(t *testing.T, s *store.Store, wanted store.Deeds) []dictumal.Line {
	t.Helper()
	lines, err := s.DeedsAfter(t.Context(), wanted, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func numbers(lines []dictumal.Line) string {
	var text []string
	for _, line := range lines {
		text = append(text, fmt.Sprint(line.Number))
	}
	return strings.Join(text, " ")
}

package store

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is due is looked for after every change: it must not cost more the more rows
// there are.
func TestDueRowsAreFoundByAnIndex(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for query, indexes := range map[string][]string{
		claimUnsettled: {"deployment_unsettled"},
		claimSettled:   {"deployment_settled"},
		nextUnsettled:  {"deployment_unsettled", "deployment_held"},
		nextSettled:    {"deployment_settled", "deployment_held"},
	} {
		arguments := []any{1, 2, 1, 1}[:1+3*strings.Count(query, "$4")]
		rows, err := s.write.DB.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, arguments...) //nolint:rowserrcheck // whoever reads the list looks
		plan, err := collect(rows, err, func(row scanner) (detail string, err error) {
			var id, parent, unused int
			err = row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(plan, "\n")
		for _, index := range indexes {
			if !strings.Contains(text, "USING INDEX "+index) {
				t.Errorf("%s is not used for\n%s\nbut\n%s", index, query, text)
			}
		}
		if strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("rows are sorted for\n%s\n%s", query, text)
		}
	}
}

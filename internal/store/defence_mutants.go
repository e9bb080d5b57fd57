//go:build mutants

package store

import "context"

// weakness names the defence that this build does without; empty: none.
type weakness struct{ Without string }

func (w weakness) without(d defence) bool { return w.Without == string(d) }

// Unfenced is the row as if its worker had not been overtaken.
func (s *Store) Unfenced(ctx context.Context, row Row) (Row, error) {
	const query = `SELECT fence FROM deployment WHERE id = $1`
	err := s.write.QueryRowContext(ctx, query, row.ID).Scan(&row.fence)
	return row, err
}

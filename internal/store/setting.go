package store

import (
	"context"
	"fmt"
)

// Setting returns the value of a setting, and makes it the proposed one where it
// was not set before: of several who propose at once, all get the same answer.
func (s *Store) Setting(ctx context.Context, name, proposed string) (string, error) {
	const query = `INSERT INTO setting (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = setting.value RETURNING value`
	var value string
	if err := s.write.QueryRowContext(ctx, query, name, proposed).Scan(&value); err != nil {
		return "", fmt.Errorf("read setting %s: %w", name, err)
	}
	return value, nil
}

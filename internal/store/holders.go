package store

import "context"

// Holders returns the deployments that have a machine, may have one or will get one:
// of one owner, or of all where owner is empty.
func (s *Store) Holders(ctx context.Context, owner string) ([]Row, error) {
	const query = `SELECT ` + deploymentColumns + ` FROM deployment
		WHERE (status = 'PROVISIONING' OR (status <> 'DESTROYED' AND machine_name <> '' AND machine_gone_at = 0))
		AND ($1 = '' OR owner_id = $1) ORDER BY id DESC`
	rows, err := s.read.QueryContext(ctx, query, owner)
	return collect(rows, err, s.scanRow)
}

// Emails returns everybody's e-mail by their id.
func (s *Store) Emails(ctx context.Context) (map[string]string, error) {
	emails := map[string]string{}
	rows, err := s.read.QueryContext(ctx, `SELECT id, email FROM account`)
	_, err = collect(rows, err, func(row scanner) (id string, err error) {
		var email string
		err = row.Scan(&id, &email)
		emails[id] = email
		return id, err
	})
	return emails, err
}

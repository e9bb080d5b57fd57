package store

import "context"

// Owned is an event with the owner of its deployment.
type Owned struct {
	Entry
	Owner string
}

// EventsAfter returns up to limit events of all deployments after a number, oldest
// first, for the one who hands them on to those whose they are.
func (s *Store) EventsAfter(ctx context.Context, after int64, limit int) ([]Owned, error) {
	const query = `SELECT ` + eventColumns + `, d.owner_id FROM event e JOIN deployment d ON d.id = e.deployment_id
		WHERE e.number > $1 ORDER BY e.number LIMIT $2 + 0`
	rows, err := s.read.QueryContext(ctx, query, after, limit)
	return collect(rows, err, func(row scanner) (Owned, error) {
		var e Owned
		var at int64
		err := row.Scan(&e.Number, &e.Deployment, &at, &e.Kind, &e.Status, &e.Stage, &e.Text, &e.LogOffset, &e.Owner)
		e.At = moment(at)
		return e, err
	})
}

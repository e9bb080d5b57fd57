package store

import "context"

// Sessions returns the sessions of an account, the last used first.
func (s *Store) Sessions(ctx context.Context, account string) ([]Session, error) {
	const query = `SELECT s.id, s.only_desktop, s.agent, s.created_at, s.seen_at, s.expires_at
		FROM session s WHERE s.account_id = $1 ORDER BY s.seen_at DESC, s.id`
	rows, err := s.read.QueryContext(ctx, query, account)
	return collect(rows, err, func(row scanner) (Session, error) {
		var session Session
		var created, seen, expires int64
		err := row.Scan(&session.ID, &session.OnlyDesktop, &session.Agent, &created, &seen, &expires)
		session.User.ID = account
		session.CreatedAt, session.SeenAt, session.ExpiresAt = moment(created), moment(seen), moment(expires)
		return session, err
	})
}

// RemoveSessionOf ends a session of an account; ErrNotFound where it has none such.
func (s *Store) RemoveSessionOf(ctx context.Context, account, id string) error {
	ok, err := changed(s.write.ExecContext(ctx, `DELETE FROM session WHERE account_id = $1 AND id = $2`, account, id))
	if err == nil && !ok {
		return ErrNotFound
	}
	return err
}

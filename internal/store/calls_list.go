package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// AskList returns the newest list of a provider's machines that a replica has kept and
// that was begun later than another, and no longer ago than age: its content, when it
// was begun by the database's clock, and how long ago that is. Without such a list it is
// begun by whoever has asked: then there is a begun, which is for [Store.KeepList], and
// no content. Where another replica has begun one like it, there is neither yet; that one
// is waited for as long as patience.
func (s *Store) AskList(ctx context.Context, source string, later int64, age, patience time.Duration) (begun int64, old time.Duration, content string, err error) {
	var micro int64
	now := micros(time.Now())
	err = s.read.QueryRowContext(ctx, listKept, source, later, age.Microseconds(), now).Scan(&begun, &micro, &content)
	if errors.Is(err, sql.ErrNoRows) {
		err = s.write.QueryRowContext(ctx, listBegin, source, later, age.Microseconds(), now, patience.Microseconds()).Scan(&begun)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, 0, "", fmt.Errorf("ask for the list of machines: %w", err)
	}
	return begun, time.Duration(micro) * time.Microsecond, content, nil
}

// KeepList keeps a list that was begun, unless a newer one is there. Without content it
// has come to nothing, and nobody waits for it any more.
func (s *Store) KeepList(ctx context.Context, source string, begun int64, content string) error {
	const keep = `UPDATE provider_list SET begun_at = $2, content = $3 WHERE source = $1 AND begun_at < $2`
	const giveUp = `UPDATE provider_list SET reading_at = begun_at WHERE source = $1 AND reading_at = $2`
	// Those of a token that nobody uses any more.
	const tidy = `DELETE FROM provider_list WHERE source <> $1 AND reading_at < $2`
	var err error
	if content == "" {
		_, err = s.write.ExecContext(ctx, giveUp, source, begun)
	} else if _, err = s.write.ExecContext(ctx, keep, source, begun, content); err == nil {
		_, err = s.write.ExecContext(ctx, tidy, source, begun-time.Hour.Microseconds())
	}
	if err != nil {
		return fmt.Errorf("keep the list of machines: %w", err)
	}
	return nil
}

// Private

// A list from the future is of a database whose clock was set back: how old it is
// nobody knows, so it is nobody's, and gives way to the next that is begun.
const (
	listKept = `SELECT begun_at, ` + timeFunction + `($4) - begun_at, content FROM provider_list
		WHERE source = $1 AND begun_at > $2 AND begun_at BETWEEN ` + timeFunction + `($4) - $3 AND ` + timeFunction + `($4)`

	listBegin = `INSERT INTO provider_list (source, begun_at, content, reading_at) VALUES ($1, 0, '', ` + timeFunction + `($4))
		ON CONFLICT (source) DO UPDATE SET reading_at = excluded.reading_at,
			begun_at = CASE WHEN provider_list.begun_at > excluded.reading_at THEN 0 ELSE provider_list.begun_at END
		WHERE NOT (provider_list.reading_at > provider_list.begun_at
			AND provider_list.reading_at >= excluded.reading_at - $3
			AND provider_list.reading_at BETWEEN excluded.reading_at - $5 AND excluded.reading_at + $5)
		AND NOT (provider_list.begun_at > $2
			AND provider_list.begun_at BETWEEN excluded.reading_at - $3 AND excluded.reading_at)
		RETURNING reading_at`
)

package store

import (
	"context"
	"fmt"
	"time"
)

// TakeCall counts a call of the provider's API that is sent now, where fewer than so
// many were in the last minute and in the last hour, by all replicas together, and no
// pause is on. Else nothing is counted: pause is how long none may be sent, and wait is
// how long such a call has to wait at least, since others may be counted until then.
// All times are the database's.
func (s *Store) TakeCall(ctx context.Context, minute, hour int) (wait, pause time.Duration, err error) {
	err = s.transact(ctx, func(tx *transaction) error {
		if err := noLater(ctx, tx); err != nil {
			return err
		}
		var last, now, paused, ofMinute, ofHour int64
		if err := tx.QueryRowContext(ctx, callsBefore, micros(time.Now()), minute, hour).Scan(&last, &now, &paused, &ofMinute, &ofHour); err != nil {
			return err
		}
		wait = max(left(ofMinute, time.Minute, now), left(ofHour, time.Hour, now))
		pause = left(paused-longestPause.Microseconds(), longestPause, now)
		if wait > 0 || pause > 0 {
			return nil
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO provider_call (number, at) VALUES ($1, $2)`, last+1, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM provider_call WHERE at <= $1`, now-time.Hour.Microseconds())
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count a call of the provider: %w", err)
	}
	return wait, pause, nil
}

// PauseCalls lets no replica send a call for so long, an hour at most. A pause is never
// made shorter, unless the clock was set back since it began.
func (s *Store) PauseCalls(ctx context.Context, wait time.Duration) error {
	const query = `UPDATE provider_pause SET ends_at = ` + timeFunction + `($1) + $2
		WHERE ends_at < ` + timeFunction + `($1) + $2 OR ends_at > ` + timeFunction + `($1) + $3`
	wait = min(wait, longestPause)
	if _, err := s.write.ExecContext(ctx, query, micros(time.Now()), wait.Microseconds(), longestPause.Microseconds()); err != nil {
		return fmt.Errorf("pause the calls of the provider: %w", err)
	}
	return nil
}

// Private

// longestPause is what a pause may last.
const longestPause = time.Hour

// noLater takes what was written before the clock was set back for as young as it can
// be: else nothing would be sent until the clock is there again.
func noLater(ctx context.Context, tx *transaction) error {
	const (
		calls  = `UPDATE provider_call SET at = ` + timeFunction + `($1) WHERE at > ` + timeFunction + `($1)`
		pauses = `UPDATE provider_pause SET ends_at = ` + timeFunction + `($1) + $2 WHERE ends_at > ` + timeFunction + `($1) + $2`
	)
	now := micros(time.Now())
	if _, err := tx.ExecContext(ctx, calls, now); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, pauses, now, longestPause.Microseconds())
	return err
}

// callsBefore finds the calls that the next one must come a minute and an hour after:
// they are so many numbers before it. One that counts no more is 0.
const callsBefore = `SELECT COALESCE(last, 0), ` + timeFunction + `($1), ends_at,
	COALESCE((SELECT at FROM provider_call WHERE number = last + 1 - $2), 0),
	COALESCE((SELECT at FROM provider_call WHERE number = last + 1 - $3), 0)
	FROM (SELECT MAX(number) AS last FROM provider_call) AS newest, provider_pause`

// left is how much of a span is left that began at a time, which is no later than now.
func left(begun int64, span time.Duration, now int64) time.Duration {
	return max(0, time.Duration(min(0, begun-now))*time.Microsecond+span)
}

package store

import (
	"context"
	"fmt"
	"time"
)

// Skew is by how much the clock of the database is ahead of this process's; negative
// where it is behind, and nothing where the database is this process's own.
func (s *Store) Skew(ctx context.Context) (time.Duration, error) {
	if s.postgres == nil {
		return 0, nil
	}
	ahead, err := skew(func() (now int64, err error) {
		err = s.read.QueryRowContext(ctx, databaseClock).Scan(&now)
		return now, err
	})
	if err != nil {
		return 0, fmt.Errorf("read the database's clock: %w", err)
	}
	return ahead, nil
}

// Private

// databaseClock is the time of the database itself, whatever leases are measured by.
const databaseClock = `SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT`

// looks is how often a clock is read, at most. The quickest answer says most: the clock
// was read somewhere between the question and the answer.
const looks = 5

// quick is an answer that says enough, so that mostly one look is all.
const quick = 50 * time.Millisecond

// skew compares a clock with this process's.
func skew(read func() (micros int64, err error)) (ahead time.Duration, err error) {
	quickest := time.Duration(-1)
	for range looks {
		asked := time.Now()
		now, err := read()
		if err != nil {
			return 0, err
		}
		took := time.Since(asked)
		if quickest < 0 || took < quickest {
			quickest, ahead = took, moment(now).Sub(asked.Add(took/2))
		}
		if took <= quick {
			break
		}
	}
	return ahead, nil
}

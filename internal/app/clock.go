package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/dictumal/dictumal"
)

// maxSkew is by how much the clocks of a replica and of the database may differ. Claims
// are measured by the database's alone; but when a row is due and until when a desktop
// lives is said by the clock of one replica and kept by that of another.
const maxSkew = 2 * time.Second

// lookAtClock is how often they are compared: for so long, at most, this process works by
// a clock that has run away.
const lookAtClock = 5 * time.Second

// clock compares this host's clock with the database's, for as long as the program runs.
// Where they differ nothing is begun, and nobody sent here.
type clock struct {
	ahead func(ctx context.Context) (time.Duration, error)
	wall  func() time.Time // this host's clock; nil: as it is
	log   *slog.Logger
	seen  atomic.Pointer[comparison] // the last; nil: the one before the start
}

// comparison is how the clocks were at a time.
type comparison struct {
	ahead time.Duration
	at    time.Time // by what only goes on, and is not set
	wall  time.Time // by this host's clock
}

// Private

// run compares the clocks until the context ends.
func (c *clock) run(ctx context.Context) error {
	tick := time.NewTicker(lookAtClock)
	defer tick.Stop()
	for {
		c.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look compares the clocks once. A database that does not answer has been told of.
func (c *clock) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookAtClock/2)
	defer cancel()
	now := comparison{at: time.Now(), wall: c.now()}
	var err error
	if now.ahead, err = c.ahead(ctx); err != nil {
		return
	}
	before := c.seen.Swap(&now)
	agreed := before == nil || together(before.ahead) == nil
	switch agrees := together(now.ahead) == nil; {
	case agreed && !agrees:
		c.log.ErrorContext(ctx, "This server is not ready and begins nothing: its clock and the database's differ.", "database_ahead", now.ahead)
	case !agreed && agrees:
		c.log.InfoContext(ctx, "The clock agrees with the database's again.")
	}
}

// right is an error where the clocks differed when they were last compared, or where
// this host's was set since, or went on while the host slept: until they are compared
// anew nothing is known of it.
func (c *clock) right() error {
	seen := c.seen.Load()
	if seen == nil {
		return nil
	}
	if set := c.now().Sub(seen.wall) - time.Since(seen.at); set.Abs() > maxSkew {
		return dictumal.NewError(dictumal.CodeUnavailable, fmt.Sprintf("The clock of this host has jumped by %s, and is being compared with the database's; try again in a few seconds.",
			set.Round(time.Second/10)))
	}
	return together(seen.ahead)
}

func (c *clock) now() time.Time {
	if c.wall != nil {
		return c.wall()
	}
	return time.Now().Round(0)
}

// together is an error where two clocks differ by too much.
func together(skew time.Duration) error {
	if skew.Abs() <= maxSkew {
		return nil
	}
	direction := "behind"
	if skew < 0 {
		direction = "ahead of"
	}
	return dictumal.NewError(dictumal.CodeUnavailable, fmt.Sprintf("The clock of this host is %s %s the database's, and replicas must agree on when something is due; "+
		"have the clocks of all hosts set by NTP (see: timedatectl).", skew.Abs().Round(time.Second/10), direction))
}

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

// lookAtClock is how often they are compared.
const lookAtClock = time.Minute

// clock compares this host's clock with the database's, for as long as the program runs.
type clock struct {
	ahead func(ctx context.Context) (time.Duration, error)
	log   *slog.Logger
	skew  atomic.Int64 // as it was last seen
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
	ahead, err := c.ahead(ctx)
	if err != nil {
		return
	}
	before := c.right()
	c.skew.Store(int64(ahead))
	switch now := c.right(); {
	case now != nil:
		c.log.ErrorContext(ctx, "This server is not ready: its clock and the database's differ.", "database_ahead", ahead)
	case before != nil:
		c.log.InfoContext(ctx, "The clock agrees with the database's again.")
	}
}

// right is an error where the clocks differed when they were last compared.
func (c *clock) right() error { return together(time.Duration(c.skew.Load())) }

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

package control

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
)

// Stream is a desktop that somebody looks at.
type Stream struct {
	Deployment string
	Grant      dictumal.Grant // by which they do; zero: it is their own
}

// Watch ends, until the context does, the streams of desktops that are being destroyed
// and of grants that are gone, whatever process or clause has ended those. It looks
// when something was committed anywhere, and from time to time, since what is told of
// a commit may be lost, and since a stream may begin a moment after.
func (c *Control) Watch(ctx context.Context) error {
	woken, cancel := c.Store.Subscribe()
	defer cancel()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-woken:
			if !open {
				return nil
			}
		case <-tick.C:
		}
		// Whatever fails is looked at again soon, and readiness tells of a database
		// that is away. Until it can be asked again all goes on.
		_ = c.look(ctx)
		rest(ctx, watchRest)
	}
}

// Private

const (
	watchEvery = 2 * time.Second
	// watchRest keeps commits that come in crowds from being looked at each.
	watchRest = 250 * time.Millisecond
)

// look ends what is seen here without a right.
func (c *Control) look(ctx context.Context) error {
	streams := c.Streams()
	if len(streams) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	if err := c.closeEnded(ctx, streams); err != nil {
		return err
	}
	return c.cutRevoked(ctx, streams)
}

func (c *Control) closeEnded(ctx context.Context, streams []Stream) error {
	ended, err := c.Store.Ended(ctx, seen(streams, func(Stream) bool { return true }))
	for _, id := range ended {
		c.Close(id)
	}
	return err
}

// cutRevoked ends what was opened by grants that are gone, or have given way to others.
func (c *Control) cutRevoked(ctx context.Context, streams []Stream) error {
	shared := func(s Stream) bool { return s.Grant.ID != "" }
	grants, err := c.Store.GrantsOf(ctx, seen(streams, shared))
	if err != nil {
		return err
	}
	type viewer struct{ deployment, email string }
	present := make(map[viewer]string, len(grants))
	for _, g := range grants {
		present[viewer{g.Deployment, g.Email}] = g.ID
	}
	for _, s := range streams {
		if id := present[viewer{s.Deployment, s.Grant.Email}]; shared(s) && id != s.Grant.ID {
			c.Cut(s.Grant.ID, id != "")
		}
	}
	return nil
}

// seen lists the deployments of some streams, each once.
func seen(streams []Stream, which func(Stream) bool) []string {
	known := map[string]bool{}
	var ids []string
	for _, s := range streams {
		if which(s) && !known[s.Deployment] {
			known[s.Deployment] = true
			ids = append(ids, s.Deployment)
		}
	}
	return ids
}

func rest(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

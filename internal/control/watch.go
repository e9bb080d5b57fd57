package control

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
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
	var round store.Round
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
		_ = c.look(ctx, &round)
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
func (c *Control) look(ctx context.Context, round *store.Round) error {
	ctx, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	streams := map[string][]Stream{}
	for _, s := range c.Streams() {
		streams[s.Deployment] = append(streams[s.Deployment], s)
	}
	return round.Each(slices.Collect(maps.Keys(streams)), func(deployments []string) error {
		if err := c.closeEnded(ctx, deployments); err != nil {
			return err
		}
		var shared []Stream
		for _, id := range deployments {
			shared = append(shared, granted(streams[id])...)
		}
		return c.cutRevoked(ctx, shared)
	})
}

func (c *Control) closeEnded(ctx context.Context, deployments []string) error {
	ended, err := c.Store.Ended(ctx, deployments)
	for _, id := range ended {
		c.Close(id)
	}
	return err
}

// granted are those of some streams that are not their viewers' own.
func granted(streams []Stream) []Stream {
	return slices.DeleteFunc(streams, func(s Stream) bool { return s.Grant.ID == "" })
}

// cutRevoked ends what was opened by grants that are gone, or have given way to others.
func (c *Control) cutRevoked(ctx context.Context, streams []Stream) error {
	grants, err := c.Store.GrantsOf(ctx, deployments(streams))
	if err != nil {
		return err
	}
	type viewer struct{ deployment, email string }
	present := make(map[viewer]string, len(grants))
	for _, g := range grants {
		present[viewer{g.Deployment, g.Email}] = g.ID
	}
	for _, s := range streams {
		if id := present[viewer{s.Deployment, s.Grant.Email}]; id != s.Grant.ID {
			c.Cut(s.Grant.ID, id != "")
		}
	}
	return nil
}

// deployments are those of some streams, each once.
func deployments(streams []Stream) []string {
	var ids []string
	for _, s := range streams {
		ids = append(ids, s.Deployment)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func rest(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

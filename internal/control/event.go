package control

import (
	"context"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/feed"
	"github.com/dictumal/dictumal/internal/store"
)

// batch is how many events are read at a time.
const batch = 500

// Listen hears of what happens to a deployment from now on, boot log included.
func (c *Control) Listen(ctx context.Context, p dictumal.Principal, id string) (*feed.Listener, error) {
	if _, _, err := c.see(ctx, p, toRead, id); err != nil {
		return nil, err
	}
	l, err := c.feed.Listen(ctx, feed.Topic{Deployment: id})
	return l, wrap("listen to events", err)
}

// ListenAll hears of what happens to all the principal's deployments from now on.
func (c *Control) ListenAll(ctx context.Context, p dictumal.Principal) (*feed.Listener, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return nil, err
	}
	l, err := c.feed.Listen(ctx, feed.Topic{Owner: p.User.ID})
	return l, wrap("listen to events", err)
}

// LastEvent returns the number of the newest event.
func (c *Control) LastEvent(ctx context.Context) (int64, error) { return c.Store.LastEvent(ctx) }

// Events returns the next events of a deployment after a number, boot log included.
func (c *Control) Events(ctx context.Context, p dictumal.Principal, id string, after int64) ([]store.Entry, error) {
	if _, _, err := c.see(ctx, p, toRead, id); err != nil {
		return nil, err
	}
	entries, err := c.Store.Events(ctx, id, after, batch)
	return entries, wrap("read events", err)
}

// AllEvents returns the next events of all the principal's deployments after a number.
func (c *Control) AllEvents(ctx context.Context, p dictumal.Principal, after int64) ([]store.Entry, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return nil, err
	}
	entries, err := c.Store.EventsOf(ctx, p.User.ID, after, batch)
	return entries, wrap("read events", err)
}

// Timeline returns the story of a deployment, oldest first, without its boot log.
func (c *Control) Timeline(ctx context.Context, p dictumal.Principal, id string) ([]dictumal.Event, error) {
	if _, _, err := c.see(ctx, p, toRead, id); err != nil {
		return nil, err
	}
	entries, err := c.Store.Timeline(ctx, id)
	story := make([]dictumal.Event, 0, len(entries))
	for _, entry := range entries {
		story = append(story, entry.Event)
	}
	return story, wrap("read timeline", err)
}

// Log returns the pieces of a deployment's boot log from an offset in bytes on.
func (c *Control) Log(ctx context.Context, p dictumal.Principal, id string, offset int64) ([]store.Entry, error) {
	if _, _, err := c.see(ctx, p, toRead, id); err != nil {
		return nil, err
	}
	entries, err := c.Store.Log(ctx, id, offset)
	return entries, wrap("read boot log", err)
}

// LogTails returns the newest piece of boot log of each of the principal's
// deployments that is being made, by deployment.
func (c *Control) LogTails(ctx context.Context, p dictumal.Principal) (map[string]string, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return nil, err
	}
	tails, err := c.Store.LogTails(ctx, p.User.ID)
	return tails, wrap("read boot logs", err)
}

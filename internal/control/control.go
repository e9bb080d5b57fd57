// Package control holds the use cases: who may do it, whether it makes sense, one
// transaction, and a wake-up for those who carry it out. The API, the pages and
// the command line all come through here.
package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/feed"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// Codes makes one-time codes that open one desktop.
type Codes interface {
	LaunchCode(ctx context.Context, user, deployment string) (string, error)
}

// Options is what a Control works with.
type Options struct {
	Store    *store.Store
	Provider dictumal.Provider
	Sealer   *secret.Sealer
	Codes    Codes
	// Wake tells the runner that a row is due.
	Wake func()
	// Close ends the streams of a deployment that is being destroyed; it may be nil.
	Close func(deployment string)
	// Moved is told of each change of a status that was asked for here; of what was
	// ordered it is told with none. It may be nil.
	Moved func(from dictumal.Status, now dictumal.Deployment)

	Stream      dictumal.Stream      // of deployments that do not ask for one
	PerUser     int                  // cap on live machines of one user
	Total       int                  // cap on live machines of the installation
	MaxTTL      time.Duration        // past which no deployment can be extended
	GatewayHost dictumal.GatewayHost // of guacamole launches; empty: the machine's address

	SpendPerUser float64       // cap on what one user spends in a calendar month, USD; 0: none
	SpendTotal   float64       // cap on what the installation spends
	Grace        time.Duration // how long the sweeper leaves a machine alone that nobody owns
}

// Control carries out what people and programs ask for.
type Control struct {
	Options
	feed *feed.Feed
}

// New returns a Control.
func New(options Options) *Control {
	if options.Close == nil {
		options.Close = func(string) {}
	}
	if options.Moved == nil {
		options.Moved = func(dictumal.Status, dictumal.Deployment) {}
	}
	return &Control{Options: options, feed: feed.New(options.Store)}
}

// Traits says what is particular to the provider.
func (c *Control) Traits() dictumal.Traits { return c.Provider.Traits() }

// Catalog returns what can be ordered.
func (c *Control) Catalog(ctx context.Context) (dictumal.Catalog, error) {
	catalog, err := c.Provider.Catalog(ctx)
	return catalog, sentence(err)
}

// Private

func newID() string { return ulid.Make().String() }

// sentence turns a provider's no into an answer for whoever asked.
func sentence(err error) error {
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok {
		return dictumal.NewError(dictumal.CodeUnavailable, refusal.Message+" "+refusal.NextStep).Wrap(err)
	}
	return err
}

// missing turns a row that is not there into the answer that someone else's gets, too.
func missing(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return dictumal.ErrNotFound
	}
	return err
}

// viewable returns a deployment that the principal may look at.
func (c *Control) viewable(ctx context.Context, p dictumal.Principal, id string) (store.Row, error) {
	row, err := c.Store.Deployment(ctx, id)
	if err != nil {
		return store.Row{}, missing(err)
	}
	if !p.MayView(row.Deployment) {
		return store.Row{}, dictumal.ErrNotFound
	}
	return row, nil
}

// manageable refuses who may not do more with a deployment than look at its desktop.
func (c *Control) manageable(ctx context.Context, p dictumal.Principal, id string) error {
	if _, err := c.visible(ctx, p, id); err != nil {
		return err
	}
	return unbound(p)
}

// unbound refuses a session that was opened for one desktop only.
func unbound(p dictumal.Principal) error {
	if p.OnlyDesktop != "" {
		return dictumal.NewError(dictumal.CodeForbidden, "This session was opened for one desktop only; sign in to do more.")
	}
	return nil
}

func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, store.ErrFull) {
		return dictumal.NewError(dictumal.CodeUnavailable,
			"The server's disk is full, so nothing was saved; free some room and try again.").Wrap(err)
	}
	if _, ok := errors.AsType[*dictumal.Error](err); ok {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}

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

// Codes makes one-time codes that open one desktop, and end with what has let in who
// asks for them.
type Codes interface {
	LaunchCode(ctx context.Context, p dictumal.Principal, deployment string) (string, error)
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
	// Cut ends the streams that were opened by a grant which is gone, or has given way
	// to one with other rights; it may be nil.
	Cut func(grant string, changed bool)
	// Streams lists the desktops that somebody looks at here; nil: none.
	Streams func() []Stream
	// Audit is told of everything that people have asked for beyond looking, done or
	// refused; it may be nil.
	Audit func(ctx context.Context, deed dictumal.Deed)
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
	if options.Cut == nil {
		options.Cut = func(string, bool) {}
	}
	if options.Streams == nil {
		options.Streams = func() []Stream { return nil }
	}
	if options.Audit == nil {
		options.Audit = func(context.Context, dictumal.Deed) {}
	}
	if options.Moved == nil {
		options.Moved = func(dictumal.Status, dictumal.Deployment) {}
	}
	return &Control{Options: options, feed: feed.New(options.Store)}
}

// Traits says what is particular to the provider.
func (c *Control) Traits() dictumal.Traits { return c.Provider.Traits() }

// Catalog returns what can be ordered.
func (c *Control) Catalog(ctx context.Context, p dictumal.Principal) (dictumal.Catalog, error) {
	if err := allow(p, dictumal.ScopeRead); err != nil {
		return dictumal.Catalog{}, err
	}
	return c.catalog(ctx)
}

// Private

func (c *Control) catalog(ctx context.Context) (dictumal.Catalog, error) {
	catalog, err := c.Provider.Catalog(ctx)
	return catalog, sentence(err)
}

// longestObject is more than any id has.
const longestObject = 64

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

// tell writes down what was asked for, and what came of it. What it was asked of may be
// anything that somebody has put into an address.
func (c *Control) tell(ctx context.Context, p dictumal.Principal, action, object string, err error) {
	c.Audit(ctx, p.Deed(action, clip(object, longestObject), err))
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

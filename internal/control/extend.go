package control

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Extension asks for a later end: by a length of time, or until a moment. A request
// that names the moment can be repeated.
type Extension struct {
	By    time.Duration
	Until time.Time
}

// The bounds of an extension by a length of time; those of its end are another matter.
const (
	shortest = time.Minute
	longest  = 365 * 24 * time.Hour
)

// Extend moves the end of a deployment by its lifetime. It never shortens, and goes
// no further than the installation allows, counted from when it was made.
func (c *Control) Extend(ctx context.Context, p dictumal.Principal, id string, ask Extension) (_ dictumal.Deployment, err error) {
	defer func() { c.tell(ctx, p, "deployment.extend", id, err) }()
	if _, _, err := c.see(ctx, p, toChange, id); err != nil {
		return dictumal.Deployment{}, err
	}
	caps, err := c.spendCaps(ctx)
	if err != nil {
		return dictumal.Deployment{}, err
	}
	// Each time round somebody else has moved the end or ended the deployment.
	for {
		row, _, err := c.see(ctx, p, toChange, id)
		if err != nil {
			return dictumal.Deployment{}, err
		}
		until, err := c.extended(row, ask)
		if err != nil || until.Equal(row.ExpiresAt) {
			return row, err
		}
		moved, err := c.Store.Extend(ctx, store.Extension{
			Owner: p.User.ID, ID: id, From: row.ExpiresAt, Until: until,
			Why:   fmt.Sprintf("The lifetime was extended by %s to %s by %s.", dictumal.Span(until.Sub(row.ExpiresAt)), exact(until), who(p)),
			Spend: caps,
		})
		if err != nil {
			return dictumal.Deployment{}, wrap("extend", orderError(err))
		}
		if moved {
			c.Wake()
			row, _, err = c.see(ctx, p, toChange, id)
			return row, err
		}
	}
}

// Extendable is until when a click extends a deployment: by an hour, or as far as it
// goes. It is false where nothing can be extended.
func (c *Control) Extendable(d dictumal.Deployment) (until time.Time, ok bool) {
	until = earlier(d.ExpiresAt.Add(time.Hour), d.CreatedAt.Add(c.MaxTTL))
	_, err := c.extended(d, Extension{Until: until})
	return until, err == nil && until.After(d.ExpiresAt)
}

// Private

// extended is the end that is asked for, or why it cannot be had.
func (c *Control) extended(d dictumal.Deployment, ask Extension) (time.Time, error) {
	if err := refuseToExtend(d); err != nil {
		return time.Time{}, err
	}
	until := ask.Until.UTC().Truncate(time.Microsecond)
	location := "until"
	switch {
	case (ask.By == 0) == ask.Until.IsZero():
		return time.Time{}, fault("by", `Say either by how long, such as {"by":"1h"}, or until when, such as {"until":"2026-03-01T18:00:00Z"}.`)
	case ask.Until.IsZero() && (ask.By < shortest || ask.By > longest):
		return time.Time{}, fault("by", "An extension is by a minute at least, and a year at most; write a length of time like 30m or 1h.")
	case ask.Until.IsZero():
		until, location = d.ExpiresAt.Add(ask.By), "by"
	case until.Before(d.ExpiresAt):
		return time.Time{}, fault("until", fmt.Sprintf("This desktop ends at %s already, and an extension does not shorten it; destroy it when it is not needed any more.", exact(d.ExpiresAt)))
	}
	last := d.CreatedAt.Add(c.MaxTTL)
	switch {
	case until.Equal(d.ExpiresAt), !until.After(last):
		return until, nil
	case !d.ExpiresAt.Before(last):
		return time.Time{}, fault(location, fmt.Sprintf("This desktop cannot be extended any more: it ends at %s, and none may live longer than %s (DICTUMAL_MAX_TTL).",
			exact(d.ExpiresAt), dictumal.Span(c.MaxTTL)))
	}
	return time.Time{}, fault(location, fmt.Sprintf("This desktop may be extended until %s, %s after it was made (DICTUMAL_MAX_TTL); ask for no more than that.",
		exact(last), dictumal.Span(c.MaxTTL)))
}

// refuseToExtend says why the deployment has no end that could be moved.
func refuseToExtend(d dictumal.Deployment) error {
	ending, ends := d.Ending()
	switch {
	case !d.Status.Live():
		return dictumal.NewError(dictumal.CodeConflict, "This desktop is not there any more, so it cannot be extended; deploy its constitution again.")
	case d.ExpiresAt.IsZero():
		return dictumal.NewError(dictumal.CodeConflict, "This desktop does not end by itself after a time, so there is nothing to extend.")
	case ends && ending.Clause == dictumal.ClauseBudget:
		return dictumal.NewError(dictumal.CodeConflict, "This desktop ends by its budget (lifetime.budget) before its time is over, so an extension would change nothing; "+
			"deploy it again with a larger budget.")
	}
	return nil
}

func fault(location, message string) error {
	return dictumal.Invalid(dictumal.Fault{Location: location, Message: message})
}

func exact(at time.Time) string { return at.UTC().Format("15:04:05 UTC on 2 January 2006") }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

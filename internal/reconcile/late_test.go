package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

func TestWhatMayBeWrittenIsNotWrittenAgainWhereTheClaimRanOutAsWell(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.options.Store, w.options.Workers = &cutOff{Store: w.store, saving: true}, 1 // nobody else takes the row
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, 5*time.Minute)
		if asked := strings.Count(w.story(id), "Asked memory for the machine machine-1."); asked != 1 {
			w.Errorf("it is told %d times that the first machine was asked for:\n%s", asked, w.story(id))
		}
	})
}

func TestAStepWhoseClaimRanOutIsNotRepeatedAtOnce(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		rows := &cutOff{Store: w.store}
		w.options.Store, w.options.Workers = rows, 1
		defer w.run()()
		w.reaches(w.deploy(), dictumal.Active, 5*time.Minute)
		if rows.begun.Sub(rows.ended) < time.Second {
			w.Errorf("it is repeated %s after it has failed", rows.begun.Sub(rows.ended))
		}
	})
}

// Private

// cutOff is the database of a process that is cut off from it in the midst of its first
// order, for longer than its claim lasts: while it saves, or before.
type cutOff struct {
	reconcile.Store
	saving bool

	away, over   atomic.Bool
	ended, begun time.Time // the first step, and the next
}

func (c *cutOff) Constitution(ctx context.Context, id string, version int) (dictumal.Constitution, error) {
	if c.saving || c.over.Load() {
		c.begun = time.Now()
		return c.Store.Constitution(ctx, id, version)
	}
	c.wait(ctx)
	c.ended = time.Now()
	return dictumal.Constitution{}, ctx.Err()
}

func (c *cutOff) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	err := c.Store.Save(ctx, row, to)
	if !c.saving || !to.Keep || c.over.Load() {
		return err
	}
	c.wait(ctx)
	return fmt.Errorf("%w: %w", store.ErrUnsure, ctx.Err())
}

func (c *cutOff) Renew(ctx context.Context, row store.Row, until time.Time) error {
	if c.away.Load() {
		return errors.New("no route to host")
	}
	return c.Store.Renew(ctx, row, until)
}

// wait lasts until the claim is lost.
func (c *cutOff) wait(ctx context.Context) {
	c.away.Store(true)
	<-ctx.Done()
	c.away.Store(false)
	c.over.Store(true)
}

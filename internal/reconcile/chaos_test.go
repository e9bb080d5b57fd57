package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/store"
)

var (
	errKilled = errors.New("this process was killed")
	errStorm  = errors.New("503 service unavailable")
)

// chaos decides what goes wrong, each time by a hash of the seed, the object and
// how often that was asked for: a seed goes the same way however goroutines run.
type chaos struct {
	seed  int
	calm  atomic.Bool // the storm is over
	kills atomic.Int64

	mu    sync.Mutex
	asked map[string]int
}

// roll is a number from 0 up to 1; 1 when it is calm, which lets nothing happen.
func (c *chaos) roll(object string) float64 {
	if c.calm.Load() {
		return 1
	}
	return c.number(object)
}

func (c *chaos) number(object string) float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[object]++
	h := fnv.New64a()
	fmt.Fprintf(h, "%d|%s|%d", c.seed, object, c.asked[object])
	x := h.Sum64() // FNV alone hardly changes the upper bits for a last digit
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return float64(x>>11) / (1 << 53)
}

// life is one run of a process, from its start to its violent end.
type life struct {
	*chaos
	rate float64 // how likely a call is the last
	dead atomic.Bool
	end  context.CancelFunc
}

// through makes a call unless the process dies of it: before its effect, or
// after it with the answer lost. A dead process does nothing more.
func (l *life) through(object string, effect func() error) error {
	if l.dead.Load() {
		return errKilled
	}
	roll := l.roll(object)
	if roll >= l.rate {
		return effect()
	}
	if roll >= l.rate/2 {
		_ = effect() // nobody hears of it
	}
	if !l.dead.Swap(true) {
		l.kills.Add(1)
	}
	l.end()
	return errKilled
}

// mortalStore is the database as a process sees it that may die at every call.
type mortalStore struct {
	reconcile.Store
	life  *life
	after func(row store.Row) // after each save
}

func (s mortalStore) ClaimDue(ctx context.Context, owner string, lease time.Duration, queue store.Queue, limit int) (rows []store.Row, err error) {
	err = s.life.through("claim", func() (err error) {
		rows, err = s.Store.ClaimDue(ctx, owner, lease, queue, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (s mortalStore) Renew(ctx context.Context, row store.Row, until time.Time) error {
	return s.life.through("renew "+row.ID, func() error { return s.Store.Renew(ctx, row, until) })
}

func (s mortalStore) Save(ctx context.Context, row store.Row, to store.Outcome) error {
	return s.life.through("save "+row.ID, func() error {
		if s.life.roll("stall "+row.ID) < 0.004 {
			time.Sleep(40 * time.Second) // longer than the lease, as of a process that was stopped
		}
		err := s.Store.Save(ctx, row, to)
		if err == nil {
			s.after(row)
		}
		return err
	})
}

func (s mortalStore) NextDue(ctx context.Context, queue store.Queue) (at time.Time, err error) {
	err = s.life.through("next due", func() (err error) {
		at, err = s.Store.NextDue(ctx, queue)
		return err
	})
	return at, err
}

func (s mortalStore) Ownership(ctx context.Context) (owned store.Ownership, err error) {
	err = s.life.through("ownership", func() (err error) {
		owned, err = s.Store.Ownership(ctx)
		return err
	})
	return owned, err
}

func (s mortalStore) Sight(ctx context.Context, unowned []dictumal.Machine) (sightings map[string]store.Sighting, err error) {
	err = s.life.through("sight", func() (err error) {
		sightings, err = s.Store.Sight(ctx, unowned)
		return err
	})
	return sightings, err
}

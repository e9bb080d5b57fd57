package auth

import (
	"context"
	"slices"
	"time"

	"github.com/dictumal/dictumal/internal/store"
)

// lookEvery is how often it is asked whether the rights hold by which something is
// under way. Together with [trustFor] it is the five seconds within which what ends in
// another process has ended here, even where nothing is heard of it.
const lookEvery = 2 * time.Second

// Watch ends, until the context does, what is under way by sessions and tokens that
// another process has ended. It hears of them at once, and looks from time to time,
// since hearing may fail. While the database cannot be asked nothing ends.
func (a *Auth) Watch(ctx context.Context) error {
	woken, cancel := a.Store.Ends()
	defer cancel()
	tick := time.NewTicker(lookEvery)
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
			a.recent.forget()
		case <-tick.C:
		}
		_ = a.look(ctx, &round) // the next look comes soon, and readiness tells of a database that is away
	}
}

// Private

// look ends what is under way by rights that hold no longer.
func (a *Auth) look(ctx context.Context, round *store.Round) error {
	ctx, cancel := context.WithTimeout(ctx, lookEvery)
	defer cancel()
	return round.Each(a.underWay.rights(), func(by []string) error {
		holding, err := a.Store.Holding(ctx, by)
		if err != nil {
			return err
		}
		if ended := slices.DeleteFunc(by, func(id string) bool { return holding[id] }); len(ended) > 0 {
			a.ended(ended...)
		}
		return nil
	})
}

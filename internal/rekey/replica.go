package rekey

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// Enter joins the replicas that work on the same database, and is an error where one of
// them could not open what this one seals, or the other way round.
func (r *Rekeyer) Enter(ctx context.Context) error {
	if !r.Shared {
		return nil
	}
	err := r.agree(ctx)
	if err != nil {
		_ = r.Leave(ctx) // it is gone by itself in a minute
	}
	return err
}

// Leave lets the others seal with keys that this one does not have.
func (r *Rekeyer) Leave(ctx context.Context) error {
	if !r.Shared {
		return nil
	}
	if err := r.Store.Leave(ctx, work, r.id); err != nil {
		return err
	}
	return r.Store.Leave(ctx, room+r.id, r.word())
}

// Private

const (
	work = "keys"     // the lease on sealing anew
	room = "keys of " // where replicas say which keys they have
)

const (
	// workTime is for how long one replica seals anew before another may: several rounds.
	workTime = 3 * maxPatience
	// present is how long a replica counts as there after it was last heard of.
	present     = time.Minute
	attendEvery = present / 3
)

// roundsOfChange is how all replicas get another secret while others run. After the first
// round each opens what is sealed with either.
const roundsOfChange = "start every replica anew with the present AUTH_SECRET and the new one as AUTH_SECRET_PREVIOUS, " +
	"and when all have that, start every replica anew with the two exchanged (docs/high-availability.md)."

// word is which keys this replica has, the one that it seals with first.
func (r *Rekeyer) word() string {
	return strings.Join(append([]string{r.Sealer.KeyID()}, r.Sealer.Former()...), ",")
}

// agree says which keys this replica has, and hears which the others have.
func (r *Rekeyer) agree(ctx context.Context) error {
	mine := r.word()
	words, err := r.Store.Attend(ctx, room, r.id, mine, time.Now().Add(present))
	if err != nil {
		return err
	}
	for _, theirs := range words {
		if !opens(mine, theirs) || !opens(theirs, mine) {
			return dictumal.NewError(dictumal.CodeConflict, fmt.Sprintf("A replica runs, or ran a minute ago, with another AUTH_SECRET (key %s) than this one (key %s), "+
				"and one could not open what the other seals. Give all the same; or, to change it, %s", sealing(theirs), sealing(mine), roundsOfChange))
		}
	}
	return nil
}

// opens tells whether one replica has the key that another seals with.
func opens(word, others string) bool {
	return slices.Contains(strings.Split(word, ","), sealing(others))
}

func sealing(word string) string {
	first, _, _ := strings.Cut(word, ",")
	return first
}

// attend goes on saying which keys this replica has.
func (r *Rekeyer) attend(ctx context.Context) {
	if !r.Shared {
		return
	}
	tick := time.NewTicker(attendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := r.agree(ctx); dictumal.ErrorCode(err) == dictumal.CodeConflict {
			r.Log.ErrorContext(ctx, dictumal.ErrorMessage(err))
		}
	}
}

// alone tells whether it is this replica's turn to seal values anew. Of two that have
// different keys for the newest, one would undo what the other does.
func (r *Rekeyer) alone(ctx context.Context) (bool, error) {
	if !r.Shared {
		return true, nil
	}
	return r.Store.Hold(ctx, work, r.id, time.Now().Add(workTime))
}

// finish says once that all values have the newest key. The former one is not forgotten:
// another replica may seal with it still.
func (r *Rekeyer) finish(ctx context.Context, status Status) {
	if r.finished {
		return
	}
	r.finished = true
	if warning := status.Warning(); warning != "" {
		r.Log.WarnContext(ctx, "AUTH_SECRET_PREVIOUS opens nothing that is left. "+warning)
		return
	}
	r.Log.InfoContext(ctx, "Everything is sealed with this AUTH_SECRET; once every replica has it, AUTH_SECRET_PREVIOUS can be unset.", "key", r.Sealer.KeyID())
}

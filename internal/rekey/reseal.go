package rekey

import (
	"context"
	"errors"
	"time"

	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// batch is how many values are sealed anew in one transaction, so that nobody who
// writes waits long.
const batch = 50

// Workers who hold rows are waited for, at first a little and then longer.
const (
	patience    = 200 * time.Millisecond
	maxPatience = time.Minute
)

// Private

// round seals anew what can be now, forgets the former key where nothing needs it any
// more, and tells when to look again.
func (r *Rekeyer) round(ctx context.Context) time.Duration {
	r.turn.Lock()
	defer r.turn.Unlock()
	if mine, err := r.alone(ctx); err != nil || !mine {
		return maxPatience
	}
	done, left, err := r.reseal(ctx)
	r.finished = r.finished && done+left == 0
	if err == nil && left == 0 {
		if rest := r.Settle - time.Since(r.since); rest > 0 {
			return rest
		}
		err = r.forget(ctx)
	}
	if err != nil && ctx.Err() == nil {
		r.Log.ErrorContext(ctx, "Values cannot be sealed with the new key; it is tried again.", "error", err)
	}
	if r.patient = min(2*r.patient, maxPatience); done > 0 || r.patient == 0 {
		r.patient = patience
	}
	return r.patient
}

// reseal seals anew what was sealed with former keys, and counts that and what is left.
func (r *Rekeyer) reseal(ctx context.Context) (done, left int, err error) {
	if _, err := r.settings(ctx); err != nil {
		return 0, 0, err
	}
	for _, id := range r.Sealer.Former() {
		n, err := r.rows(ctx, secret.Head(id))
		if done += n; err != nil {
			return done, 0, err
		}
	}
	status, err := r.Status(ctx)
	return done, status.values(Former), err
}

// rows seals anew the values of rows that begin with a head, and counts them.
func (r *Rekeyer) rows(ctx context.Context, head string) (done int, err error) {
	for last := (store.SealedValue{}); ; {
		values, err := r.Store.SealedBy(ctx, head, last, batch)
		if err != nil || len(values) == 0 {
			return done, err
		}
		last = values[len(values)-1]
		fresh, err := r.anew(ctx, values)
		if err != nil {
			return done, err
		}
		n, err := r.Store.Reseal(ctx, fresh)
		if done += n; err != nil {
			return done, err
		}
		r.Passed("sealed-anew")
	}
}

// anew seals values with the newest key. One that is damaged stays as it is.
func (r *Rekeyer) anew(ctx context.Context, values []store.SealedValue) ([]store.Resealed, error) {
	fresh := make([]store.Resealed, 0, len(values))
	for _, v := range values {
		plaintext, err := r.Sealer.Open(v.Value, v.Context)
		if errors.Is(err, secret.ErrSealed) {
			if !r.damaged[v.Context] {
				r.Log.WarnContext(ctx, "A sealed value is damaged and cannot be sealed anew; its former key is kept.", "place", v.Context)
			}
			r.damaged[v.Context] = true
			continue
		}
		if err != nil {
			return nil, err
		}
		by, err := r.Sealer.Seal(plaintext, v.Context)
		if err != nil {
			return nil, err
		}
		fresh = append(fresh, store.Resealed{SealedValue: v, By: by})
	}
	return fresh, nil
}

// forget lets go of the former secret of the file. The operator's former one stays,
// and the log says once that nothing needs it, or that it is the wrong one.
func (r *Rekeyer) forget(ctx context.Context) error {
	r.Passed("all-sealed-anew")
	status, err := r.Status(ctx)
	if err = errors.Join(err, r.Store.EmptyLog(ctx)); err != nil {
		return err
	}
	if r.Shared {
		r.finish(ctx, status)
		return nil
	}
	if r.Present == nil {
		all, err := Secrets(r.File, nil, nil)
		if err != nil {
			return err
		}
		if err := secret.Forget(r.File); err != nil {
			return err
		}
		r.Passed("former-forgotten")
		r.Sealer.Use(all[0])
	} else {
		r.Sealer.Use(r.Present)
	}
	switch warning := status.Warning(); {
	case r.Given == nil:
		r.Log.InfoContext(ctx, "Everything is sealed with the new key, and the former secret is forgotten.", "key", r.Sealer.KeyID())
	case warning != "":
		r.Log.WarnContext(ctx, "AUTH_SECRET_PREVIOUS opens nothing that is left. "+warning)
	default:
		r.Log.InfoContext(ctx, "Nothing is sealed with AUTH_SECRET_PREVIOUS any more; it can be unset.")
	}
	r.Given = nil
	return nil
}

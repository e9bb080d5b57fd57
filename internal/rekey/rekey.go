// Package rekey takes a new key for sealed values into use while everything goes on:
// what was sealed with a former one is sealed anew, and then that one is forgotten.
package rekey

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// Settle is how long a former key is kept after another was taken into use, though no
// value has it: somebody may have sealed a value a moment before, and write it only now.
const Settle = time.Minute

// Options is what a Rekeyer works with.
type Options struct {
	Store *store.Store
	// File holds the secret; empty: the operator keeps it, and changes it.
	File string
	// Present and Given are the secret of the operator's and the former one. With a
	// file there is no present one.
	Present, Given []byte
	// Audit writes down who has asked for a new key; it may be nil.
	Audit func(ctx context.Context, d dictumal.Deed)
	// Shared says that other replicas seal values in the same database, with a secret of
	// the operator's.
	Shared bool
	// Settle is how long a former key is kept at least; 0: [Settle].
	Settle time.Duration
	Log    *slog.Logger
	// Passed is told of each step that a power cut could make the last; it may be nil.
	Passed func(step string)
}

// Rekeyer takes new keys into use.
type Rekeyer struct {
	Options
	// Sealer seals with the newest key, whichever that is at the moment.
	Sealer *secret.Sealer

	turn sync.Mutex // who changes the keys
	id   string     // of this replica
	wake chan struct{}
	// since is when the newest key was taken into use, as far as this process knows.
	since   time.Time
	patient time.Duration   // how long the last round was waited for
	damaged map[string]bool // places of values that do not open, which were told of
	// finished is whether it was told that all values have the newest key.
	finished bool
}

// New reads the secrets, and makes the first one where there is none.
func New(options Options) (*Rekeyer, error) {
	if options.Audit == nil {
		options.Audit = func(context.Context, dictumal.Deed) {}
	}
	if options.Settle == 0 {
		options.Settle = Settle
	}
	if options.Passed == nil {
		options.Passed = func(string) {}
	}
	r := &Rekeyer{Options: options, id: rand.Text(), wake: make(chan struct{}, 1), damaged: map[string]bool{}}
	if r.Present == nil {
		if _, err := secret.LoadOrCreate(r.File); err != nil {
			return nil, err
		}
	}
	all, err := Secrets(r.File, r.Present, r.Given)
	if err != nil {
		return nil, err
	}
	r.Sealer, r.since = secret.NewSealer(all[0], all[1:]...), time.Now()
	if r.Present == nil && len(r.Sealer.Former()) == 0 {
		return r, secret.Forget(r.File) // a rotation was cut short before there was another secret
	}
	return r, nil
}

// Rotate makes a new secret in the place of the one in the file, and has everything
// sealed anew in the background.
func (r *Rekeyer) Rotate(ctx context.Context, p dictumal.Principal) (Status, error) {
	err := r.rotate(ctx)
	r.Audit(ctx, p.Deed("keys.rotate", "", err))
	if err != nil {
		return Status{}, err
	}
	return r.Status(ctx)
}

// Run seals anew what was sealed with a former key, whenever there is one, until the
// context ends.
func (r *Rekeyer) Run(ctx context.Context) error {
	r.warn(ctx)
	var others sync.WaitGroup
	defer others.Wait()
	others.Go(func() { r.attend(ctx) })
	for {
		var later <-chan time.Time
		if len(r.Sealer.Former()) > 0 {
			later = time.After(r.round(ctx))
		}
		select {
		case <-later:
		case <-r.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// Package audit writes down who did what, so that no deed is lost whose effect was.
package audit

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/peer"
)

// Store keeps the lines.
type Store interface {
	AddDeeds(ctx context.Context, deeds ...dictumal.Deed) error
}

// Log is the audit log as those see it who write to it.
type Log struct {
	store Store
	log   *slog.Logger
	crowd crowd

	mu      sync.Mutex
	waiting []dictumal.Deed // that could not be written yet
}

// mostWaiting bounds the memory that a broken disk takes.
const mostWaiting = 1000

// writeTime is how long somebody waits for a line to be kept. It is longer than the
// database waits for its lock.
const writeTime = 10 * time.Second

// New returns a log that keeps its lines in a store.
func New(store Store, log *slog.Logger) *Log { return &Log{store: store, log: log} }

// Write keeps a deed before it returns, whether or not who asked is still there: what
// was done was done. The lines are in the database in which all else is done, so where
// one cannot be written, nothing else can be either. One that fails nonetheless is in
// the program's log at once, is written with the next, and until then [Log.Whole]
// says so.
func (l *Log) Write(ctx context.Context, d dictumal.Deed) {
	if d.From == "" {
		d.From = peer.From(ctx)
	}
	if d.At.IsZero() {
		d.At = time.Now()
	}
	deeds, ok := l.crowd.admit(bounded(d))
	if !ok {
		return
	}
	deeds = append(l.take(), deeds...)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTime)
	defer cancel()
	if err := l.store.AddDeeds(ctx, deeds...); err != nil {
		l.log.ErrorContext(ctx, "The audit log cannot be written; this is tried again with the next line.", "error", err,
			"action", d.Action, "object", d.Object, "result", d.Result, "actor", d.Actor, "email", d.Email, "via", d.Via, "from", d.From, "detail", d.Detail)
		l.keep(deeds)
	}
}

// Whole tells whether every deed is written, and tries to write those that are not.
func (l *Log) Whole(ctx context.Context) error {
	deeds := l.take()
	if len(deeds) == 0 {
		return nil
	}
	if err := l.store.AddDeeds(ctx, deeds...); err != nil {
		l.keep(deeds)
		return errors.Join(errors.New("the audit log cannot be written"), err)
	}
	return nil
}

// Private

// take hands out what waits to be written, to one who will.
func (l *Log) take() []dictumal.Deed {
	l.mu.Lock()
	defer l.mu.Unlock()
	deeds := l.waiting
	l.waiting = nil
	return deeds
}

// keep keeps the newest: the older ones are in the program's log.
func (l *Log) keep(deeds []dictumal.Deed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, deeds...)
	l.waiting = l.waiting[max(0, len(l.waiting)-mostWaiting):]
}

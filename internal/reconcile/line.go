package reconcile

import (
	"context"
	"runtime"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/store"
)

// line is one queue of rows with its workers.
type line struct {
	queue   store.Queue
	wake    chan struct{}
	workers chan struct{} // holds one for each that is at work

	mu    sync.Mutex
	until time.Time // somebody sleeps; zero: it looks for due rows
}

func newLine(queue store.Queue, workers int) *line {
	return &line{queue: queue, wake: make(chan struct{}, 1), workers: make(chan struct{}, workers)}
}

// Private

// poke makes whoever sleeps look for due rows at once. It never blocks.
func (l *line) poke() {
	select {
	case l.wake <- struct{}{}:
	default: // it is woken already
	}
}

// by has due rows looked for at a time, at the latest.
func (l *line) by(due time.Time) {
	l.mu.Lock()
	asleep := l.until
	l.mu.Unlock()
	if asleep.IsZero() || due.Before(asleep) {
		l.poke() // who is looking may have looked too early
	}
}

// engage waits for a free worker, and engages all that are free by then; none where
// the context ends before.
func (l *line) engage(ctx context.Context) (engaged int) {
	select {
	case l.workers <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	runtime.Gosched() // those whose rows were saved together become free together
	for engaged = 1; engaged < cap(l.workers); engaged++ {
		select {
		case l.workers <- struct{}{}:
		default:
			return engaged
		}
	}
	return engaged
}

// dismiss gives workers back.
func (l *line) dismiss(workers int) {
	for range workers {
		<-l.workers
	}
}

// sleep waits until somebody wakes the line; false at the end.
func (l *line) sleep(ctx context.Context, wait time.Duration) bool {
	l.doze(time.Now().Add(wait))
	defer l.doze(time.Time{})
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-l.wake:
	case <-timer.C:
	}
	return true
}

func (l *line) doze(until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = until
}

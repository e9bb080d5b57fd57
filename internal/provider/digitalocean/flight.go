package digitalocean

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// flightTime bounds calls that several wait for, all pages of a list together.
const flightTime = time.Minute

// flight is a call that several may wait for. Whoever's context ends leaves; the
// call goes on for the others.
type flight[T any] struct {
	landed chan struct{}
	value  T
	err    error
}

func depart[T any](ctx context.Context, call func(context.Context) (T, error)) *flight[T] {
	f := &flight[T]{landed: make(chan struct{})}
	go func() {
		defer close(f.landed)
		defer func() { // nobody above could contain it: the whole program would end
			if p := recover(); p != nil {
				f.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flightTime)
		defer cancel()
		f.value, f.err = call(ctx)
	}()
	return f
}

func (f *flight[T]) wait(ctx context.Context) (T, error) {
	select {
	case <-f.landed:
		return f.value, f.err
	case <-ctx.Done():
		var none T
		return none, ended(ctx)
	}
}

// ended is the error of a context that has ended; nil before. Where the time was
// too short, DigitalOcean was too slow, and what was to be done next was not.
func ended(ctx context.Context) error {
	err := ctx.Err()
	if errors.Is(err, context.DeadlineExceeded) {
		return refusalDown(err)
	}
	return err
}

// done tells whether the call is over.
func (f *flight[T]) done() bool {
	select {
	case <-f.landed:
		return true
	default:
		return false
	}
}

// remembered is an answer that is asked for once, however many want it, and
// then known for a while.
type remembered[T any] struct {
	keep time.Duration
	ask  func(context.Context) (T, error)

	mu     sync.Mutex
	value  T
	until  time.Time
	flight *flight[T] // nil: nobody is asking
}

func remember[T any](keep time.Duration, ask func(context.Context) (T, error)) *remembered[T] {
	return &remembered[T]{keep: keep, ask: ask}
}

func (r *remembered[T]) get(ctx context.Context) (T, error) {
	r.mu.Lock()
	if time.Now().Before(r.until) {
		defer r.mu.Unlock()
		return r.value, nil
	}
	if r.flight == nil || r.flight.done() {
		r.flight = depart(ctx, r.fetch)
	}
	asking := r.flight
	r.mu.Unlock()
	return asking.wait(ctx)
}

// forget lets the next get ask again.
func (r *remembered[T]) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until = time.Time{}
}

func (r *remembered[T]) fetch(ctx context.Context) (T, error) {
	value, err := r.ask(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.flight = nil
	if err == nil {
		r.value, r.until = value, time.Now().Add(r.keep)
	}
	return value, err
}

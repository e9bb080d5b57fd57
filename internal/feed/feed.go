// Package feed hands what happens to all who listen. One reads each new event, once,
// however many it goes to: where each of a thousand viewers asked the rows after
// every commit, one event would be a thousand queries.
package feed

import (
	"context"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Topic is what somebody listens to: one deployment, or all of an owner.
type Topic struct {
	Deployment string
	Owner      string
}

// Feed reads new events for as long as somebody listens.
type Feed struct {
	store     *store.Store
	mu        sync.Mutex
	listeners map[Topic]map[*Listener]struct{}
	stop      context.CancelFunc // ends the reading; nil while nobody listens
}

// New returns a feed of what happens to the rows of a store.
func New(s *store.Store) *Feed {
	return &Feed{store: s, listeners: make(map[Topic]map[*Listener]struct{})}
}

// Listen hears of everything that happens to a topic from now on. Who reads the rows
// after this call has missed nothing in between, and may hear again of what was read.
func (f *Feed) Listen(ctx context.Context, topic Topic) (*Listener, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stop == nil {
		if err := f.begin(ctx); err != nil {
			return nil, err
		}
	}
	l := &Listener{feed: f, topic: topic, woken: make(chan struct{}, 1)}
	if f.listeners[topic] == nil {
		f.listeners[topic] = make(map[*Listener]struct{})
	}
	f.listeners[topic][l] = struct{}{}
	return l, nil
}

// Private

const (
	// most is how many events are read at a time.
	most = 500
	// pollEvery finds what another process has written.
	pollEvery = 20 * time.Second
	// againAfter is when it is tried again where the rows could not be read.
	againAfter = time.Second
)

// begin starts to read. Where it starts is known before anybody is told to listen,
// so that no event falls between.
func (f *Feed) begin(ctx context.Context) error {
	woken, cancel := f.store.Subscribe()
	last, err := f.store.LastEvent(ctx)
	if err != nil {
		cancel()
		return err
	}
	ctx, f.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer cancel()
		f.read(ctx, woken, last)
		f.end(ctx)
	}()
	return nil
}

// read hands on what comes after a number, until nobody listens or the store closes.
func (f *Feed) read(ctx context.Context, woken <-chan struct{}, last int64) {
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		entries, err := f.store.EventsAfter(ctx, last, most)
		if err == nil && len(entries) > 0 {
			err = f.tell(ctx, f.heard(entries))
		}
		if err == nil && len(entries) > 0 {
			last = entries[len(entries)-1].Number
			continue
		}
		select {
		case <-ctx.Done():
			return
		case _, open := <-woken:
			if !open {
				return
			}
		case <-poll.C:
		case <-again(err):
		}
	}
}

// again is when to read again what could not be read: a database that is away comes
// back, and nothing was missed meanwhile.
func again(err error) <-chan time.Time {
	if err == nil {
		return nil
	}
	return time.After(againAfter)
}

// heard leaves out what nobody listens to. Who begins to listen meanwhile finds it
// in the rows.
func (f *Feed) heard(entries []store.Owned) []store.Owned {
	f.mu.Lock()
	defer f.mu.Unlock()
	var heard []store.Owned
	for _, e := range entries {
		if len(f.listeners[Topic{Deployment: e.Deployment}])+len(f.listeners[Topic{Owner: e.Owner}]) > 0 {
			heard = append(heard, e)
		}
	}
	return heard
}

// tell hands entries to all who listen to them.
func (f *Feed) tell(ctx context.Context, entries []store.Owned) error {
	present := make(map[string]dictumal.Deployment)
	byTopic := make(map[Topic][]*Message)
	for _, e := range entries {
		d, read := present[e.Deployment]
		if !read && Stateful(e.Kind) {
			var err error
			if d, err = f.store.Shown(ctx, e.Deployment); err != nil {
				return err
			}
			present[d.ID] = d
		}
		m := &Message{Entry: e.Entry, Deployment: d}
		for _, topic := range []Topic{{Deployment: e.Deployment}, {Owner: e.Owner}} {
			byTopic[topic] = append(byTopic[topic], m)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for topic, messages := range byTopic {
		for l := range f.listeners[topic] {
			l.add(messages)
		}
	}
	return nil
}

// end tells all listeners that they hear nothing more, unless it ends because there
// are none: others may have come since, whom another reading serves.
func (f *Feed) end(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	f.stop()
	f.stop = nil
	for _, listeners := range f.listeners {
		for l := range listeners {
			l.end()
		}
	}
	clear(f.listeners)
}

// leave ends the reading with the last who listens.
func (f *Feed) leave(l *Listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, here := f.listeners[l.topic][l]; !here {
		return
	}
	delete(f.listeners[l.topic], l)
	if len(f.listeners[l.topic]) == 0 {
		delete(f.listeners, l.topic)
	}
	if len(f.listeners) == 0 {
		f.stop()
		f.stop = nil
	}
}

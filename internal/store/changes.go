package store

import "sync"

// changes tells everyone who waits that something was committed. It carries no
// content: who is woken reads the rows, so a wake-up can be merged or spare but
// nothing can be missed.
type changes struct {
	mu      sync.Mutex
	waiting map[chan struct{}]struct{}
	closed  bool
}

// Subscribe returns a channel that is signalled after every commit that wrote
// events, and a function that ends the subscription. The channel is closed when
// the store closes.
func (s *Store) Subscribe() (woken <-chan struct{}, cancel func()) {
	c := make(chan struct{}, 1)
	s.changes.add(c)
	return c, func() { s.changes.remove(c) }
}

// Private

func (c *changes) add(waiter chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		close(waiter)
		return
	}
	if c.waiting == nil {
		c.waiting = make(map[chan struct{}]struct{})
	}
	c.waiting[waiter] = struct{}{}
}

func (c *changes) remove(waiter chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, waiter)
}

func (c *changes) announce() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for waiter := range c.waiting {
		select {
		case waiter <- struct{}{}:
		default: // it is woken already and has not looked yet
		}
	}
}

func (c *changes) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for waiter := range c.waiting {
		close(waiter)
		delete(c.waiting, waiter)
	}
}

package digitalocean

import (
	"sync"
	"time"
)

const (
	// maxFailures in a row open the circuit.
	maxFailures = 5

	// How long it stays open until one call tries whether DigitalOcean answers again.
	firstPause = 15 * time.Second
	lastPause  = 2 * time.Minute
)

// circuit keeps calls from a cloud that does not answer. Each of them would hold up
// whoever makes it, and of some nobody would know what they have done.
type circuit struct {
	mu       sync.Mutex
	failures int // in a row
	cause    error
	pause    time.Duration // zero: it is closed
	trying   bool          // a call is out that tries
	since    time.Time     // when it was opened, or closed
	until    time.Time     // when the next call may try
}

// verdict is what a call says of whether DigitalOcean answers.
type verdict int

const (
	unknown verdict = iota // whoever called did not wait for it
	answers
	fails
)

// refusal is what a call gets while the circuit is open; nil where it may go.
func (c *circuit) refusal(class Class) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.check(class, time.Now())
}

// enter is refusal for a call that is sent now, and tells whether it is the one
// that tries. Whoever enters must leave.
func (c *circuit) enter(class Class) (trial bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.check(class, time.Now()); err != nil {
		return false, err
	}
	c.trying = c.pause > 0
	return c.trying, nil
}

// leave takes the verdict of a call.
func (c *circuit) leave(trial bool, said verdict, cause error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if trial {
		c.trying = false
	}
	switch {
	case said == answers:
		if c.pause > 0 {
			c.since = now
		}
		c.failures, c.cause, c.pause = 0, nil, 0
	case said == fails && c.pause == 0:
		c.cause = cause
		if c.failures++; c.failures >= maxFailures {
			c.since, c.pause, c.until = now, firstPause, now.Add(firstPause)
		}
	case said == fails && trial: // the others were sent before it was opened
		c.cause = cause
		c.pause = min(2*c.pause, lastPause)
		c.until = now.Add(c.pause)
	}
}

// due tells whether it waits for a call that tries.
func (c *circuit) due() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pause > 0 && !c.trying && !time.Now().Before(c.until)
}

// Private

// check is refusal under the lock. Only what looks may try: it can do no harm where
// DigitalOcean acts and does not answer.
func (c *circuit) check(class Class, now time.Time) error {
	switch {
	case c.pause == 0:
		return nil
	case now.Before(c.until):
		return refusalOpen(c.until.Sub(now), c.cause)
	case c.trying || class != Look:
		return refusalOpen(askAgain, c.cause)
	}
	return nil
}

package gateway

import (
	"math"
	"sync/atomic"
	"time"
)

// Private

// progress knows since when a write has been under way; zero is none.
type progress struct {
	since atomic.Int64 // Unix time in nanoseconds
	last  atomic.Int64 // when one was over, likewise
}

func (p *progress) begin() { p.since.Store(time.Now().UnixNano()) }

func (p *progress) end() {
	p.spoke()
	p.since.Store(0)
}

// spoke notes what was written besides.
func (p *progress) spoke() { p.last.Store(time.Now().UnixNano()) }

// quiet is for how long nothing has been written.
func (p *progress) quiet() time.Duration {
	quiet := time.Since(time.Unix(0, p.last.Load()))
	if quiet < 0 { // the clock was put back
		return math.MaxInt64
	}
	return quiet
}

func (p *progress) stalled(patience time.Duration) bool {
	since := p.since.Load()
	return since != 0 && time.Since(time.Unix(0, since)) >= patience
}

// left is how much of the patience with a write is left; all of it where none is
// under way, or where it is over already.
func (p *progress) left(patience time.Duration) time.Duration {
	left := patience
	if since := p.since.Load(); since != 0 {
		left -= time.Since(time.Unix(0, since))
	}
	if left <= 0 {
		return patience
	}
	return left
}

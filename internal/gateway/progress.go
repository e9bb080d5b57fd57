package gateway

import (
	"sync/atomic"
	"time"
)

// Private

// progress knows since when a write has been under way; zero is none.
type progress struct {
	since atomic.Int64 // Unix time in nanoseconds
	done  atomic.Int64 // how many are over
}

func (p *progress) begin() { p.since.Store(time.Now().UnixNano()) }

func (p *progress) end() {
	p.since.Store(0)
	p.done.Add(1)
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

// Package limit lets each of many through so often and no more, in memory of a
// fixed size.
package limit

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Most is how many keys are remembered. Whoever was longest away is forgotten
// first, and begins anew.
const Most = 10_000

// Limit has a bucket for each key, which is full at first.
type Limit struct {
	pace  rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*list.Element
	used    list.List // of *bucket, the last used first
}

// New returns a limit that lets through burst at once and then one in each interval.
func New(interval time.Duration, burst int, now func() time.Time) *Limit {
	return &Limit{pace: rate.Every(interval), burst: burst, now: now, buckets: make(map[string]*list.Element)}
}

// Take lets one through, and is 0 then; else it is how long to wait.
func (l *Limit) Take(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.buckets[key]
	if !ok {
		l.makeRoom()
		found = l.used.PushFront(&bucket{key, rate.NewLimiter(l.pace, l.burst)})
		l.buckets[key] = found
	}
	l.used.MoveToFront(found)
	now, limiter := l.now(), found.Value.(*bucket).limiter
	if limiter.AllowN(now, 1) {
		return 0
	}
	return l.until(limiter.TokensAt(now))
}

// Wait is how long one would have to wait; it takes nothing.
func (l *Limit) Wait(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.buckets[key]
	if !ok {
		return 0
	}
	return l.until(found.Value.(*bucket).limiter.TokensAt(l.now()))
}

// Private

type bucket struct {
	key     string
	limiter *rate.Limiter
}

// until is the time until a bucket with so much in it holds a whole one.
func (l *Limit) until(tokens float64) time.Duration {
	if tokens >= 1 {
		return 0
	}
	return time.Duration((1 - tokens) / float64(l.pace) * float64(time.Second))
}

func (l *Limit) makeRoom() {
	if len(l.buckets) < Most {
		return
	}
	oldest := l.used.Back()
	delete(l.buckets, oldest.Value.(*bucket).key)
	l.used.Remove(oldest)
}

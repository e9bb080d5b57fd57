package digitalocean

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	minPause     = time.Second
	maxPause     = time.Hour
	unknownPause = time.Minute // where DigitalOcean does not say how long
)

// pause holds all calls back once DigitalOcean has said that there were too many,
// until the time that it named: calls that are refused count, too.
type pause struct {
	mu           sync.Mutex
	since, until time.Time
}

// begin takes over what an answer says of how long, and returns that.
func (p *pause) begin(header http.Header) time.Duration {
	wait := pauseOf(header, time.Now())
	p.hold(wait)
	return wait
}

// hold is begin for a pause that another replica has heard of.
func (p *pause) hold(wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !now.Before(p.until) {
		p.since = now
	}
	if until := now.Add(wait); until.After(p.until) {
		p.until = until
	}
}

// refusal is what a call gets during a pause; nil where there is none.
func (p *pause) refusal() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if left := time.Until(p.until); left > 0 {
		return refusalRate(left)
	}
	return nil
}

// Private

// pauseOf is how long DigitalOcean wants to be left alone.
func pauseOf(header http.Header, now time.Time) time.Duration {
	wait := unknownPause
	if seconds, err := strconv.ParseInt(header.Get("Retry-After"), 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(header.Get("Retry-After")); err == nil {
		wait = at.Sub(now)
	} else if reset, err := strconv.ParseInt(header.Get("Ratelimit-Reset"), 10, 64); err == nil {
		wait = time.Duration(min(reset-now.Unix(), int64(maxPause/time.Second))) * time.Second
	}
	return min(max(wait, minPause), maxPause)
}

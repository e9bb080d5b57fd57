package digitalocean

import (
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

const (
	// maxAnswer is the most bytes that are read of an answer; a page of 200
	// droplets has about 1 MB.
	maxAnswer = 16 << 20

	minPause     = time.Second
	maxPause     = time.Hour
	unknownPause = time.Minute // where DigitalOcean does not say how long
)

// gate is what every call passes on its way out. Once DigitalOcean has said that
// there were too many, it stays shut until the time that was named: calls that
// are refused count, too.
type gate struct {
	base   http.RoundTripper
	broken error // why no call can be sent at all

	mu    sync.Mutex
	until time.Time
}

// RoundTrip sends a call, or refuses it with a [*dictumal.Refusal] while the
// gate is shut.
func (g *gate) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := g.refusal(); err != nil {
		if request.Body != nil {
			_ = request.Body.Close()
		}
		return nil, err
	}
	response, err := g.base.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode == http.StatusTooManyRequests {
		g.shut(pause(response.Header, time.Now()))
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxAnswer), response.Body}
	return response, nil
}

// Private

func (g *gate) shut(pause time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until := time.Now().Add(pause); until.After(g.until) {
		g.until = until
	}
}

// refusal is what a call gets while the gate is shut; nil while it is open.
func (g *gate) refusal() error {
	if g.broken != nil {
		return &dictumal.Refusal{
			Reason:   dictumal.ReasonProviderMissing,
			Message:  "The address of DigitalOcean's API is not a URL.",
			NextStep: "Correct DIGITALOCEAN_API_URL, or leave it out, and restart.",
			Cause:    g.broken,
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if left := time.Until(g.until); left > 0 {
		return refusalRate(left)
	}
	return nil
}

// pause is how long DigitalOcean wants to be left alone.
func pause(header http.Header, now time.Time) time.Duration {
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

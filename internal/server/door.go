package server

import (
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/turnstile"
)

// Private

const (
	// quiet is between two lines of the log about those who are turned away: a flood
	// writes no more of them than one who tries again.
	quiet = time.Minute
	// doubtedMost is how many who claim to be proxies are told of: the first may be
	// anybody, and they must not be as many as somebody likes.
	doubtedMost = 10
)

// door tells the operator of those who do not get as far as to a request, or are not
// believed with one: they see no answer that says why.
type door struct {
	mutex   sync.Mutex
	told    time.Time // when last of somebody who was turned away
	since   int       // how many were, after that
	doubted []netip.Addr
}

// turnedAway counts a connection that was closed at the door, and tells of it.
func (s *Server) turnedAway(r turnstile.Refusal) {
	if s.TurnedAway != nil {
		s.TurnedAway(r.Bound)
	}
	if since, due := s.door.due(time.Now()); due {
		s.Log.Warn("A connection was closed at once: as many are open as may be. If its address is that of a proxy or of a load balancer of yours, "+
			"through which many people come, list it in DICTUMAL_TRUSTED_PROXIES.", "from", r.From, "bound", r.Bound, "closed", since)
	}
}

// doubt tells of somebody who says for whom it asks and is not believed, once.
func (s *Server) doubt(r *http.Request) {
	from, doubted := s.Proxies.Doubt(r)
	if doubted && s.door.first(from) {
		s.Log.WarnContext(r.Context(), "A request says in X-Forwarded-For for whom it was passed on, and is not believed. If it came through a proxy of yours, list that in "+
			"DICTUMAL_TRUSTED_PROXIES: until then all who come through it share the limits of one address.", "from", from)
	}
}

// from notes where a request came from, for all who tell of it or count.
func (s *Server) from(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.doubt(r)
		next.ServeHTTP(w, r.WithContext(peer.With(r.Context(), s.Proxies.Address(r))))
	})
}

// due tells whether the log has been quiet for long enough, and how many were turned
// away since it last told.
func (d *door) due(now time.Time) (since int, due bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.since++
	if !d.told.IsZero() && now.Sub(d.told) < quiet {
		return 0, false
	}
	since, d.since, d.told = d.since, 0, now
	return since, true
}

func (d *door) first(from netip.Addr) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if len(d.doubted) == doubtedMost || slices.Contains(d.doubted, from) {
		return false
	}
	d.doubted = append(d.doubted, from)
	return true
}

package server

import (
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
)

// Private

// metrics answers whoever is on this machine, and whoever brings a token that may look.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	p, _ := auth.FromRequest(r)
	if p.Token == "" && !s.near(r) {
		s.Fail(w, r, dictumal.ErrUnauthorized)
		return
	}
	if err := p.Scoped(dictumal.ScopeRead); err != nil {
		s.Fail(w, r, err)
		return
	}
	s.Metrics.ServeHTTP(w, r)
}

// near tells whether a request was made on this machine, by somebody who meant this
// machine. A proxy on it makes every request look so: what one has passed on is not
// near, and nothing is where browsers come by another name than this machine's own.
// A page of another site whose name leads here has that name as its host.
func (s *Server) near(r *http.Request) bool {
	for _, passed := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(passed) != "" {
			return false
		}
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && from.Addr().IsLoopback() && loopback(r.Host) && loopback(s.URL.Host)
}

// loopback tells whether a host, with or without a port, names the machine itself.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// measured tells of every answer when it begins, which for a stream is long before it ends.
func (s *Server) measured(next http.Handler) http.Handler {
	if s.Answered == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{ResponseWriter: w, request: r, begun: time.Now(), tell: s.Answered}
		code := http.StatusInternalServerError // of a panic
		defer func() { a.begin(code) }()
		next.ServeHTTP(a, r)
		code = http.StatusOK
	})
}

// answer sees what a request is answered with.
type answer struct {
	http.ResponseWriter
	request *http.Request
	begun   time.Time
	tell    func(route string, code int, took time.Duration)
	told    bool
}

func (a *answer) WriteHeader(code int) {
	if code == http.StatusSwitchingProtocols || code >= http.StatusOK {
		a.begin(code)
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(piece []byte) (int, error) {
	a.begin(http.StatusOK)
	return a.ResponseWriter.Write(piece)
}

// Unwrap gives streams what they flush and take over.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) begin(code int) {
	if !a.told {
		a.told = true
		a.tell(a.request.Pattern, code, time.Since(a.begun))
	}
}

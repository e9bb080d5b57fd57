package server

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal/internal/peer"
	"github.com/dictumal/dictumal/internal/turnstile"
)

func TestWhoIsTurnedAwayAtTheDoorIsCountedAndTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := doorkeeper()
		counted := map[string]int{}
		s.TurnedAway = func(bound string) { counted[bound]++ }
		s.admit(t, 256, "203.0.113.9")
		for range 3 {
			s.wantRefused(t, "203.0.113.9")
		}
		wantLines(t, log, 1, "from=203.0.113.9", "bound=address", "closed=1", "DICTUMAL_TRUSTED_PROXIES")
		time.Sleep(quiet - time.Second)
		s.wantRefused(t, "203.0.113.9")
		wantLines(t, log, 0)
		time.Sleep(time.Second)
		s.wantRefused(t, "203.0.113.9")
		wantLines(t, log, 1, "closed=4")
		if counted[turnstile.Address] != 5 || len(counted) != 1 {
			t.Errorf("%v are counted, want 5 by address", counted)
		}
	})
}

func TestTheHouseKeepsRoomForItsOwn(t *testing.T) {
	s, log := doorkeeper()
	s.Proxies = peer.Proxies{netip.MustParsePrefix("192.0.2.1/32")}
	strangers := s.limits.connections - s.limits.kept
	for i := range strangers {
		s.admit(t, 1, fmt.Sprintf("10.0.%d.%d", i/250, i%250))
	}
	s.wantRefused(t, "203.0.113.9")
	wantLines(t, log, 1, "bound=all")
	s.admit(t, s.limits.kept-1, "127.0.0.1")
	s.admit(t, 1, "192.0.2.1")
	s.wantRefused(t, "127.0.0.1")
	if strangers != 9500 {
		t.Errorf("there is room for %d strangers, want 9500 of 10000", strangers)
	}
}

func TestAnAssignmentOfManyNetworksHasABoundOfItsOwn(t *testing.T) {
	s, log := doorkeeper()
	for i := range 1024 {
		s.admit(t, 1, fmt.Sprintf("2001:db8:1:%x::1", i))
	}
	s.wantRefused(t, "2001:db8:1:ffff::1")
	wantLines(t, log, 1, "bound=assignment")
	s.admit(t, 256, "2001:db8:2::1")
	s.wantRefused(t, "2001:db8:2::2")
	s.admit(t, 1, "203.0.113.9")
}

func TestAnUntrustedProxyIsToldOfOnce(t *testing.T) {
	s, log := doorkeeper()
	s.Proxies = peer.Proxies{netip.MustParsePrefix("192.0.2.1/32")}
	handler := s.from(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(from, passed string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = net.JoinHostPort(from, "4000")
		if passed != "" {
			r.Header.Set("X-Forwarded-For", passed)
		}
		handler.ServeHTTP(httptest.NewRecorder(), r)
	}
	ask("192.0.2.1", "198.51.100.7")
	ask("10.0.0.5", "")
	wantLines(t, log, 0)
	ask("10.0.0.5", "198.51.100.7")
	wantLines(t, log, 1, "from=10.0.0.5", "DICTUMAL_TRUSTED_PROXIES")
	ask("10.0.0.5", "198.51.100.8")
	wantLines(t, log, 0)
	for i := range 100 { // whoever likes can write the header
		ask(fmt.Sprintf("203.0.113.%d", i), "who=\"has written\nthis\"")
	}
	if strings.Contains(log.String(), "written") {
		t.Errorf("the log tells what somebody has written:\n%s", log)
	}
	wantLines(t, log, doubtedMost-1, "from=203.0.113.0")
}

// doorkeeper is as much of a server as bounds connections, and its log.
func doorkeeper() (*Server, *bytes.Buffer) {
	var log bytes.Buffer
	s := &Server{limits: usualLimits(), rooms: usualLimits().rooms()}
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	return s, &log
}

func (s *Server) admit(t *testing.T, times int, from string) {
	t.Helper()
	for i := range times {
		if !s.knock(from) {
			t.Fatalf("%s is turned away after %d", from, i)
		}
	}
}

func (s *Server) wantRefused(t *testing.T, from string) {
	t.Helper()
	if s.knock(from) {
		t.Errorf("%s is let in", from)
	}
}

// knock tells whether a connection is let in, for ever.
func (s *Server) knock(from string) bool {
	_, err := s.guard(&visit{from: from}).Accept()
	return err == nil
}

// visit is a listener to which one connection comes.
type visit struct {
	net.Listener
	net.Conn
	from string
	gone bool
}

func (v *visit) Accept() (net.Conn, error) {
	if v.gone {
		return nil, errors.New("nobody else comes")
	}
	v.gone = true
	return v, nil
}

func (v *visit) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(v.from), 4000))
}

func (v *visit) Addr() net.Addr { return v.RemoteAddr() }
func (*visit) Close() error     { return nil }

// wantLines takes the lines of the log that stand in it now.
func wantLines(t *testing.T, log *bytes.Buffer, want int, parts ...string) {
	t.Helper()
	text := log.String()
	log.Reset()
	if got := strings.Count(text, "level=WARN"); got != want {
		t.Errorf("the log has %d lines, want %d:\n%s", got, want, text)
	}
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the log lacks %q:\n%s", part, text)
		}
	}
}

package server

import (
	"fmt"
	"net/http"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/turnstile"
)

// Private

// limits is how much the server bears. Whatever is within them is small enough that
// all of it at once leaves room for everybody else.
type limits struct {
	header time.Duration // for a request to be asked
	body   time.Duration // for what it sends with it
	answer time.Duration // for a piece of the answer to be taken
	idle   time.Duration // between two requests

	headerBytes int
	headers     int
	bodyBytes   int64
	requests    int // at once on one connection, with HTTP/2

	connections int // in all
	kept        int // of all, for this host and for proxies
	ofOne       int // of one address
	ofMany      int // of one assignment of IPv6
	viewers     int // WebSockets of one person
	listeners   int // streams of events of one person
}

func usualLimits() limits {
	return limits{
		header: 10 * time.Second, body: 30 * time.Second, answer: time.Minute, idle: 2 * time.Minute,
		// A form or document takes less. Without a bound, a form with files is kept on
		// the disk for as long as somebody goes on sending it.
		headerBytes: 32 << 10, headers: 100, bodyBytes: 1 << 20, requests: 100,
		connections: 10_000, kept: 500, ofOne: 256, ofMany: 1024, viewers: 32, listeners: 64,
	}
}

// rooms count who is in.
type rooms struct {
	connections, viewers, listeners *turnstile.Turnstile
}

func (l limits) rooms() rooms {
	return rooms{
		connections: turnstile.New(turnstile.Bounds{All: l.connections, Kept: l.kept, Each: []int{l.ofOne, l.ofMany}}),
		viewers:     turnstile.New(turnstile.Bounds{All: l.connections, Each: []int{l.viewers}}),
		listeners:   turnstile.New(turnstile.Bounds{All: l.connections, Each: []int{l.listeners}}),
	}
}

// seated bounds how many streams of a kind one person has open. Who is nobody is
// turned away behind it.
func (s *Server) seated(room *turnstile.Turnstile, most int, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		leave, ok := room.Enter(person(r))
		if !ok {
			s.refuseSeat(w, r, most)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

func person(r *http.Request) string {
	p, _ := auth.FromRequest(r)
	return p.User.ID
}

// refuseSeat answers a viewer's page in its own WebSocket, so that it can say why.
func (s *Server) refuseSeat(w http.ResponseWriter, r *http.Request, most int) {
	if r.Header.Get("Upgrade") != "" && person(r) != "" && s.fromOwnPage(r) {
		s.Gateway.Refuse(w, r, gateway.EndTooMany(most))
		return
	}
	s.Fail(w, r, dictumal.NewError(dictumal.CodeTooMany, fmt.Sprintf(
		"As many streams are open as one person may have (%d); close pages or programs that are not needed, and try again.", most)))
}

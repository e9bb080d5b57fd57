// Package gateway carries a desktop to the browser: the machine's VNC stream on
// one side, a WebSocket on the other. What the machine draws passes unread; what
// the viewer sends passes a filter, so that the constitution's rights hold
// outside the machine. Nothing is queued: a side that is slow slows the other.
package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
)

// Viewer is somebody who may see a desktop, and what they may do to it.
type Viewer struct {
	Target    machine.Target
	Control   dictumal.Control
	Clipboard dictumal.Clipboard
	// Grant is by which the viewer looks; zero: the desktop is their own. Holds tells
	// whether it is good still; nil where there is none.
	Grant dictumal.Grant
	Holds func(ctx context.Context) bool
	// Beats is set where the viewer wants to hear from a stream that has nothing to
	// show: a browser's script cannot tell a still desktop from a dead line.
	Beats bool
}

// Gateway serves viewers.
type Gateway struct {
	dialer *machine.Dialer
	log    *slog.Logger
	pace   pace
	stats  counters
	// buffers holds what busy streams read into, while no stream does.
	buffers sync.Pool

	mutex    sync.Mutex
	draining bool
	sessions map[*session]struct{}
	closed   map[string]uint64 // how many streams have ended, by the word for why
	ended    sync.WaitGroup
}

// New makes a gateway without viewers.
func New(dialer *machine.Dialer, log *slog.Logger, options ...Option) *Gateway {
	g := &Gateway{dialer: dialer, log: log, pace: usualPace(), sessions: map[*session]struct{}{}, closed: map[string]uint64{}}
	for _, option := range options {
		option(g)
	}
	return g
}

// Serve streams a desktop to a viewer until one of them, the machine or the
// request's context ends it. The caller has checked session, right and Origin.
func (g *Gateway) Serve(w http.ResponseWriter, r *http.Request, v Viewer) {
	socket, conn, err := accept(w, r)
	if err != nil {
		g.log.DebugContext(r.Context(), "A viewer who speaks no WebSocket was refused.", "deployment", v.Target.Deployment, "error", err)
		return
	}
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	s := &session{gateway: g, viewer: v, socket: socket, conn: conn, cancel: cancel}
	if !g.enter(s) {
		s.close(EndShutdown.Err())
		return
	}
	// A grant may have been revoked between being found good and being under way; from
	// here on EndGrant finds the stream.
	if v.Holds != nil && !v.Holds(ctx) {
		cancel(EndRevoked.Err())
	}
	s.run(ctx)
}

// Refuse tells a viewer why there is no stream: of an answer that is no WebSocket, a
// browser shows its page nothing. The caller has checked session and Origin.
func (g *Gateway) Refuse(w http.ResponseWriter, r *http.Request, why Ending) {
	socket, conn, err := accept(w, r)
	if err != nil {
		g.log.DebugContext(r.Context(), "A viewer who speaks no WebSocket was refused.", "error", err)
		return
	}
	g.mutex.Lock()
	g.stats.opened.Add(1)
	g.closed[why.word()]++
	g.mutex.Unlock()
	goodbye(socket, conn, why)
}

// End ends every stream of a deployment; its viewers are told why.
func (g *Gateway) End(deployment string, why Ending) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for s := range g.sessions {
		if s.viewer.Target.Deployment == deployment {
			s.cancel(why.Err())
		}
	}
}

// EndGrant ends every stream that was opened by a grant; its viewers are told why.
func (g *Gateway) EndGrant(grant string, why Ending) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	for s := range g.sessions {
		if grant != "" && s.viewer.Grant.ID == grant {
			s.cancel(why.Err())
		}
	}
}

// Open lists the viewers of streams that are open.
func (g *Gateway) Open() []Viewer {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	open := make([]Viewer, 0, len(g.sessions))
	for s := range g.sessions {
		open = append(open, s.viewer)
	}
	return open
}

// Drain ends every stream, lets no more begin, and waits until all have ended.
func (g *Gateway) Drain(ctx context.Context) error {
	g.mutex.Lock()
	g.draining = true
	for s := range g.sessions {
		s.cancel(EndShutdown.Err())
	}
	g.mutex.Unlock()
	ended := make(chan struct{})
	go func() {
		g.ended.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for viewers to leave: %w", context.Cause(ctx))
	}
}

// Private

func accept(w http.ResponseWriter, r *http.Request) (*websocket.Conn, net.Conn, error) {
	entry := &door{ResponseWriter: w}
	socket, err := websocket.Accept(entry, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the caller compares the Origin with the public URL, which a proxy's Host is not
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, nil, err
	}
	socket.SetReadLimit(-1) // messages are read piece by piece, whatever their size
	return socket, entry.conn, nil
}

func (g *Gateway) enter(s *session) bool {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.draining {
		return false
	}
	g.sessions[s] = struct{}{}
	g.ended.Add(1)
	g.stats.opened.Add(1)
	return true
}

func (g *Gateway) leave(s *session) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	delete(g.sessions, s)
	g.closed[s.ended]++
	g.ended.Done()
}

func (v Viewer) rights() rfb.Rights {
	return rfb.Rights{
		Input: v.Control == dictumal.ControlFull,
		Paste: v.Clipboard.MayPaste(),
		Copy:  v.Clipboard.MayCopy(),
	}
}

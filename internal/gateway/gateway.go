// Package gateway carries a desktop to the browser: the machine's VNC stream on
// one side, a WebSocket on the other. What the machine draws passes unread; what
// the viewer sends passes a filter, so that the constitution's rights hold
// outside the machine. Nothing is queued: a side that is slow slows the other.
package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

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
func New(dialer *machine.Dialer, log *slog.Logger) *Gateway {
	return &Gateway{dialer: dialer, log: log, pace: usualPace(), sessions: map[*session]struct{}{}, closed: map[string]uint64{}}
}

// Serve streams a desktop to a viewer until one of them, the machine or the
// request's context ends it. The caller has checked session, right and Origin.
func (g *Gateway) Serve(w http.ResponseWriter, r *http.Request, v Viewer) {
	entry := &door{ResponseWriter: w}
	socket, err := websocket.Accept(entry, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // the caller compares the Origin with the public URL, which a proxy's Host is not
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		g.log.DebugContext(r.Context(), "A viewer who speaks no WebSocket was refused.", "deployment", v.Target.Deployment, "error", err)
		return
	}
	socket.SetReadLimit(-1) // messages are read piece by piece, whatever their size
	ctx, cancel := context.WithCancelCause(r.Context())
	defer cancel(nil)
	s := &session{gateway: g, viewer: v, socket: socket, conn: entry.conn, cancel: cancel}
	if !g.enter(s) {
		s.close(EndShutdown.Err())
		return
	}
	defer g.leave(s)
	s.run(ctx)
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

// pace is how patient a gateway is.
type pace struct {
	dial  time.Duration // for the machine to let the gateway in
	enter time.Duration // for a viewer to come in
	check time.Duration // between looks at a viewer's progress
	stall time.Duration // for a viewer to take what was sent
	ping  time.Duration // between pings, which keep proxies from cutting a quiet stream
}

func usualPace() pace {
	return pace{dial: 15 * time.Second, enter: 15 * time.Second, check: 5 * time.Second, stall: 20 * time.Second, ping: 25 * time.Second}
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

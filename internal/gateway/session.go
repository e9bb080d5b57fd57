package gateway

import (
	"context"
	"io"
	"net"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
)

// farewell is how long a viewer may take to say goodbye.
const farewell = 5 * time.Second

// Private

// session is one viewer of one desktop. Whichever of its parts ends first
// cancels its context with the reason, and the others follow.
type session struct {
	gateway *Gateway
	viewer  Viewer
	socket  *websocket.Conn
	conn    net.Conn // under the socket
	cancel  context.CancelCauseFunc
	writes  progress    // to the viewer
	feeds   progress    // to the machine
	unhear  func() bool // of what the machine does wrong
	ended   string      // the word for why, once it has
}

// run returns when nothing of the stream is left. The viewer has left before that, once
// told why: a machine that hangs may hold its side for as long as it has to let go.
func (s *session) run(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	group.Go(func() {
		s.watch(ctx)
		s.gateway.leave(s)
	})
	conn, err := s.reach(ctx)
	if err != nil {
		s.cancel(err)
		return
	}
	defer s.unhear()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	viewer := &viewer{socket: s.socket, writes: &s.writes}
	if err := s.admit(viewer); err != nil {
		s.cancel(err)
		return
	}
	group.Go(func() { s.cancel(s.toViewer(viewer, conn)) })
	s.cancel(s.toMachine(conn, viewer))
}

// reach opens the machine's side as far as the viewer's part begins, so that a
// failure can be told in words before anything of the desktop was.
func (s *session) reach(ctx context.Context) (io.ReadWriteCloser, error) {
	ctx, cancel := context.WithTimeout(ctx, s.gateway.pace.dial)
	defer cancel()
	client, err := s.gateway.dialer.Dial(ctx, s.viewer.Target)
	if err != nil {
		return nil, unreached(err)
	}
	conn, err := client.VNC(ctx)
	if err != nil {
		return nil, unreached(err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	// A viewer who does not read would not hear of it from the stream.
	s.unhear = client.OnFault(func(fault *machine.FaultError) { s.cancel(fault) })
	if err = rfb.Greet(conn); err == nil {
		err = rfb.Authenticate(conn, "")
	}
	if err != nil {
		_ = s.unhear()
		_ = conn.Close()
		return nil, unreached(err)
	}
	return conn, nil
}

// admit does the handshake with the viewer, who has a limited time for it.
func (s *session) admit(viewer *viewer) error {
	impatience := time.AfterFunc(s.gateway.pace.enter, func() { s.cancel(EndSlow.Err()) })
	defer impatience.Stop()
	return rfb.Accept(viewer)
}

// watch keeps an eye on the stream until it ends, and then tells the viewer why.
func (s *session) watch(ctx context.Context) {
	check := time.NewTimer(0)
	defer check.Stop()
	pinged := time.Now()
	for {
		select {
		case <-ctx.Done():
			s.close(context.Cause(ctx))
			return
		case <-check.C:
		}
		if s.writes.stalled(s.gateway.pace.stall) {
			// What is on its way blocks the way for a last word, too.
			s.cancel(EndSlow.Err())
			_ = s.socket.CloseNow()
			continue
		}
		if s.feeds.stalled(s.gateway.pace.stall) {
			s.cancel(EndDeaf.Err())
			continue
		}
		if s.viewer.Beats && s.writes.quiet() >= s.gateway.pace.beat {
			s.beat(ctx)
		}
		if time.Since(pinged) >= s.gateway.pace.ping {
			pinged = time.Now()
			s.ping(ctx)
		}
		check.Reset(s.nextLook())
	}
}

// nextLook is when to look again: after a while, when the patience with a write that is
// under way is over, or when the next beat is due, which is a while after the last write.
func (s *session) nextLook() time.Duration {
	pace := s.gateway.pace
	look := min(pace.check, s.writes.left(pace.stall), s.feeds.left(pace.stall))
	if !s.viewer.Beats {
		return look
	}
	if due := pace.beat - s.writes.quiet(); due > 0 {
		return min(due, look)
	}
	return min(pace.beat, look) // a write is under way
}

func (s *session) ping(ctx context.Context) {
	patient, cancel := context.WithTimeout(ctx, s.gateway.pace.stall)
	defer cancel()
	if s.socket.Ping(patient) == nil || ctx.Err() != nil {
		return
	}
	if s.feeds.stalled(0) { // so that no answer was read
		s.cancel(EndDeaf.Err())
		return
	}
	s.cancel(EndSlow.Err())
}

// beat lets a viewer hear that the stream is there, though nothing is drawn. It is text,
// which the protocol has none of.
func (s *session) beat(ctx context.Context) {
	if s.writes.stalled(0) { // it is not quiet
		return
	}
	patient, cancel := context.WithTimeout(ctx, s.gateway.pace.stall)
	defer cancel()
	if s.socket.Write(patient, websocket.MessageText, []byte("beat")) != nil && ctx.Err() == nil {
		s.cancel(EndSlow.Err())
	}
	s.writes.spoke()
}

// close tells the viewer why the stream has ended.
func (s *session) close(err error) {
	why, log := ending(err), s.gateway.log.With("deployment", s.viewer.Target.Deployment)
	if websocket.CloseStatus(err) != -1 {
		s.ended = wordLeft
		log.Debug("A viewer has left.")
	} else {
		s.ended = why.word()
		log.Info("A viewer's stream has ended.", "reason", s.ended, "code", int(why.Code), "cause", err)
	}
	goodbye(s.socket, s.conn, why)
}

func goodbye(socket *websocket.Conn, conn net.Conn, why Ending) {
	_ = conn.SetReadDeadline(time.Now().Add(farewell)) // a connection that refuses it has ended
	_ = socket.Close(why.Code, why.Reason)             // who has left hears nothing
}

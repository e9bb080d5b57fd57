package gateway

import (
	"context"
	"fmt"
	"io"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
)

// The sizes of what is read at once. Most viewers are still most of the time,
// and there may be a thousand of them: what they hold meanwhile is small.
const (
	fromStill  = 4 << 10
	fromBusy   = 64 << 10
	fromViewer = 1 << 10
)

// Private

// toViewer passes on what the machine draws. A buffer that is worth the name is
// borrowed only for as long as there is something to fill it.
func (s *session) toViewer(viewer io.Writer, machine io.Reader) error {
	buffer := make([]byte, fromStill)
	for {
		full, err := s.pass(viewer, machine, buffer)
		if full && err == nil {
			err = s.drain(viewer, machine)
		}
		if err != nil {
			return err
		}
	}
}

// drain passes on whatever waits.
func (s *session) drain(viewer io.Writer, machine io.Reader) error {
	buffer := s.gateway.borrow()
	defer s.gateway.buffers.Put(buffer)
	for {
		if full, err := s.pass(viewer, machine, *buffer); !full || err != nil {
			return err
		}
	}
}

// pass passes on one piece, and tells whether more may be waiting behind it.
func (s *session) pass(viewer io.Writer, machine io.Reader, buffer []byte) (full bool, err error) {
	n, err := machine.Read(buffer)
	if n > 0 {
		if _, err := viewer.Write(buffer[:n]); err != nil {
			return false, fmt.Errorf("write to the viewer: %w", err)
		}
		s.gateway.stats.toBrowser.Add(uint64(n))
	}
	if err != nil {
		return false, fmt.Errorf("read from the machine: %w", err)
	}
	return n == len(buffer), nil
}

func (g *Gateway) borrow() *[]byte {
	if buffer, ok := g.buffers.Get().(*[]byte); ok {
		return buffer
	}
	return new(make([]byte, fromBusy))
}

// toMachine passes on as much of what the viewer sends as is allowed.
func (s *session) toMachine(machine io.Writer, viewer io.Reader) error {
	filter := rfb.NewFilter(s.viewer.rights())
	buffer, allowed := make([]byte, fromViewer), make([]byte, 0, fromViewer+rfb.MaxHeld)
	for {
		n, err := viewer.Read(buffer)
		if err != nil {
			return fmt.Errorf("read from the viewer: %w", err)
		}
		allowed, fault := filter.Append(allowed[:0], buffer[:n])
		if len(allowed) > 0 {
			s.feeds.begin()
			_, err := machine.Write(allowed)
			s.feeds.end()
			if err != nil {
				return fmt.Errorf("write to the machine: %w", err)
			}
			s.gateway.stats.toMachine.Add(uint64(len(allowed)))
		}
		if fault != nil {
			return fault
		}
	}
}

// viewer is the stream of bytes inside a WebSocket's binary messages. Its reads
// and writes end with the socket; a context that ended them would end the
// socket, too, before the viewer could be told why.
type viewer struct {
	socket  *websocket.Conn
	message io.Reader // under way, or nil
	writes  *progress
}

func (v *viewer) Read(p []byte) (int, error) {
	for {
		if v.message == nil {
			kind, message, err := v.socket.Reader(context.Background())
			if err != nil {
				return 0, err
			}
			if kind != websocket.MessageBinary {
				return 0, &rfb.Error{Sentence: "The viewer sent text, where the protocol has bytes only."}
			}
			v.message = message
		}
		n, err := v.message.Read(p)
		if err == io.EOF {
			v.message, err = nil, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

func (v *viewer) Write(p []byte) (int, error) {
	v.writes.begin()
	defer v.writes.end()
	if err := v.socket.Write(context.Background(), websocket.MessageBinary, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

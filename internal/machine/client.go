package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
)

// maxLogPiece is the most of the boot log that is read at once.
const maxLogPiece = 256 << 10

// localhost is the machine's own, where sshd lets us reach.
const localhost = "127.0.0.1"

// Client is a connection to a machine. It is shared: who is done with it just
// lets go of it.
type Client struct {
	ssh  *ssh.Client
	wire *wire
	pace Pace
}

// VNC opens a stream to the machine's VNC server.
func (c *Client) VNC(ctx context.Context) (io.ReadWriteCloser, error) {
	to := struct {
		Path     string
		Reserved string
		Unused   uint32
	}{Path: dictumal.VNCSocket}
	conn, err := c.socket(ctx, "direct-streamlocal@openssh.com", ssh.Marshal(&to))
	if err != nil {
		return nil, fmt.Errorf("open the machine's VNC socket: %w", err)
	}
	return conn, nil
}

// Log reads a piece of the boot log. It is empty where the log does not reach
// that far yet.
func (c *Client) Log(ctx context.Context, offset int64, limit int) ([]byte, error) {
	limit = min(max(limit, 0), maxLogPiece)
	command := fmt.Sprintf("tail -c +%d %s | head -c %d", max(offset, 0)+1, dictumal.LogPath, limit)
	piece, err := c.run(ctx, command, limit)
	if err != nil {
		return nil, fmt.Errorf("read the boot log: %w", err)
	}
	return piece, nil
}

// OnFault calls a function once the machine has done something that the connection
// is ended for, which it is told. Who no longer wants that calls stop.
func (c *Client) OnFault(tell func(*FaultError)) (stop func() bool) {
	return context.AfterFunc(c.wire.blamed, func() {
		if fault, ok := errors.AsType[*FaultError](context.Cause(c.wire.blamed)); ok {
			tell(fault)
		}
	})
}

// Private

// loopback opens a stream to a port on the machine's own loopback.
func (c *Client) loopback(ctx context.Context, port uint16) (io.ReadWriteCloser, error) {
	ends := struct {
		Host       string
		Port       uint32
		Originator string
		From       uint32
	}{Host: localhost, Port: uint32(port), Originator: localhost}
	conn, err := c.socket(ctx, "direct-tcpip", ssh.Marshal(&ends))
	if err != nil {
		return nil, fmt.Errorf("open the machine's port %d: %w", port, err)
	}
	return conn, nil
}

// socket opens a channel to a socket, which has no error stream. A machine that
// sends one all the same fills memory that nobody empties.
func (c *Client) socket(ctx context.Context, kind string, payload []byte) (*stream, error) {
	s, err := c.open(ctx, kind, payload, func(*ssh.Request) {})
	if err != nil {
		return nil, err
	}
	go func() {
		var first [1]byte
		if n, _ := s.Stderr().Read(first[:]); n > 0 {
			c.wire.blame(errStderr)
		}
	}()
	return s, nil
}

// open asks for a channel, on which see is shown what the machine asks for.
func (c *Client) open(ctx context.Context, kind string, payload []byte, see func(*ssh.Request)) (*stream, error) {
	return within(ctx, c, func() (*stream, error) {
		channel, requests, err := c.ssh.OpenChannel(kind, payload)
		if err != nil {
			return nil, tame(err)
		}
		s := newStream(c, channel, requests, see)
		if ctx.Err() != nil {
			_ = s.Close() // nobody waits for it any more
		}
		return s, nil
	})
}

func (c *Client) close() error {
	err := c.ssh.Close()
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return nil // it has ended by itself meanwhile
	}
	return err
}

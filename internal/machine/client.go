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

// Client is a connection to a machine. It is shared: who is done with it just
// lets go of it.
type Client struct {
	ssh *ssh.Client
}

// VNC opens a stream to the machine's VNC server.
func (c *Client) VNC(ctx context.Context) (io.ReadWriteCloser, error) {
	channel, err := within(ctx, c, func() (ssh.Channel, error) {
		channel, err := c.open()
		if err == nil && ctx.Err() != nil {
			_ = channel.Close() // nobody waits for it any more
		}
		return channel, err
	})
	if err != nil {
		return nil, fmt.Errorf("open the machine's VNC socket: %w", err)
	}
	return &stream{Channel: channel, client: c}, nil
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

// Private

// open asks for the channel itself. The SSH client's own way spends a goroutine
// and a buffer on an error stream, which sockets do not have.
func (c *Client) open() (ssh.Channel, error) {
	socket := struct {
		Path     string
		Reserved string
		Unused   uint32
	}{Path: dictumal.VNCSocket}
	channel, requests, err := c.ssh.OpenChannel("direct-streamlocal@openssh.com", ssh.Marshal(&socket))
	if err != nil {
		return nil, err
	}
	go ssh.DiscardRequests(requests)
	return channel, nil
}

// run runs a command and gives what it prints. More than the limit is an error.
func (c *Client) run(ctx context.Context, command string, limit int) ([]byte, error) {
	return within(ctx, c, func() ([]byte, error) {
		session, err := c.ssh.NewSession()
		if err != nil {
			return nil, err
		}
		defer func() { _ = session.Close() }() // it has most likely ended by itself
		stop := context.AfterFunc(ctx, func() { _ = session.Close() })
		defer stop()
		return output(session, command, limit)
	})
}

func output(session *ssh.Session, command string, limit int) ([]byte, error) {
	pipe, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.Start(command); err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(pipe, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > limit {
		return nil, errors.New("the machine answered with more than it may")
	}
	return text, session.Wait()
}

func (c *Client) close() error {
	err := c.ssh.Close()
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return nil // it has ended by itself meanwhile
	}
	return err
}

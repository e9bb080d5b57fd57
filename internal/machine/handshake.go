package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxHandshake is the most that a machine may send before it is known to be
// the right one and has let us in.
const maxHandshake = 256 << 10

// Private

// connect makes an SSH connection that ends in good order or not at all before
// the context does.
func connect(ctx context.Context, target Target, log *slog.Logger) (*ssh.Client, error) {
	signer, pinned, err := target.keys()
	if err != nil {
		return nil, err
	}
	raw, err := new(net.Dialer).DialContext(ctx, "tcp", target.Address)
	if err != nil {
		return nil, fmt.Errorf("connect to the machine: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = raw.SetDeadline(deadline) // a connection that refuses it is caught by the line below
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() })
	bounded := &boundedConn{Conn: raw, left: maxHandshake}
	conn, channels, requests, err := ssh.NewClientConn(bounded, target.Address, clientConfig(signer, pinned))
	if err != nil {
		stop()
		return nil, handshakeError(ctx, err)
	}
	if !stop() {
		_ = conn.Close()
		return nil, fmt.Errorf("connect to the machine: %w", context.Cause(ctx))
	}
	bounded.open.Store(true)
	_ = raw.SetDeadline(time.Time{})
	go ssh.DiscardRequests(requests)
	go refuse(channels, log.With("deployment", target.Deployment))
	return ssh.NewClient(conn, none[ssh.NewChannel](), none[*ssh.Request]()), nil
}

func clientConfig(signer ssh.Signer, pinned ssh.PublicKey) *ssh.ClientConfig {
	return &ssh.ClientConfig{
		Config: ssh.Config{
			// In hardware on nearly every machine, and the cheapest by far there.
			Ciphers: []string{ssh.CipherAES128GCM, ssh.CipherAES256GCM, ssh.CipherChaCha20Poly1305},
		},
		User:              "root",
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(signer)},
		ClientVersion:     "SSH-2.0-Dictumal",
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
		HostKeyCallback: func(_ string, _ net.Addr, offered ssh.PublicKey) error {
			if !bytes.Equal(offered.Marshal(), pinned.Marshal()) {
				return ErrHostKeyChanged
			}
			return nil
		},
	}
}

// handshakeError tells a host that has no key of the pinned kind from one that
// does not answer.
func handshakeError(ctx context.Context, err error) error {
	if algorithms, ok := errors.AsType[*ssh.AlgorithmNegotiationError](err); ok && algorithms.What == "host key" {
		return fmt.Errorf("%w: it is of another kind", ErrHostKeyChanged)
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return fmt.Errorf("connect to the machine: %w", err)
}

// refuse turns away whatever the machine wants to open, and says so once.
func refuse(channels <-chan ssh.NewChannel, log *slog.Logger) {
	said := false
	for channel := range channels {
		if !said {
			log.Warn("A channel that the machine wanted to open was refused.", "type", channel.ChannelType())
			said = true
		}
		_ = channel.Reject(ssh.Prohibited, "the control plane accepts no channels") // it is refused, heard or not
	}
}

// none is a stream of nothing. The client must not see what the machine opens,
// since it would answer some of it.
func none[T any]() <-chan T {
	empty := make(chan T)
	close(empty)
	return empty
}

// boundedConn ends a connection that sends too much before it is open.
type boundedConn struct {
	net.Conn
	left int // of the one goroutine that reads
	open atomic.Bool
}

func (c *boundedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.open.Load() {
		return n, err
	}
	if c.left -= n; c.left < 0 {
		return 0, io.ErrShortBuffer
	}
	return n, err
}

package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxKind is as much as is said of a kind of channel that a machine made up.
const maxKind = 40

// Private

// connect makes an SSH connection that ends in good order or not at all before
// the context does.
func connect(ctx context.Context, target Target, pace Pace, log *slog.Logger) (*Client, error) {
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
	wire := newWire(raw)
	conn, channels, requests, err := ssh.NewClientConn(wire, target.Address, clientConfig(signer, pinned, wire))
	if err != nil {
		stop()
		return nil, handshakeError(ctx, err)
	}
	if !stop() {
		_ = conn.Close()
		return nil, fmt.Errorf("connect to the machine: %w", context.Cause(ctx))
	}
	wire.open.Store(true)
	_ = raw.SetDeadline(time.Time{})
	go refuseRequests(requests, wire)
	go func() {
		refuse(channels, wire, log.With("deployment", target.Deployment))
		_ = raw.Close() // what brings no more channels brings nothing
		release(conn)
	}()
	client := ssh.NewClient(conn, none[ssh.NewChannel](), none[*ssh.Request]())
	return &Client{ssh: client, wire: wire, pace: pace}, nil
}

func clientConfig(signer ssh.Signer, pinned ssh.PublicKey, wire *wire) *ssh.ClientConfig {
	return &ssh.ClientConfig{
		Config: ssh.Config{
			// In hardware on nearly every machine, and the cheapest by far there. The
			// lengths of packets stand in the open, which a census needs.
			Ciphers: []string{ssh.CipherAES128GCM, ssh.CipherAES256GCM},
		},
		User:              "root",
		Auth:              []ssh.AuthMethod{ssh.PublicKeys(signer)},
		ClientVersion:     "SSH-2.0-Dictumal",
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
		// It is asked at each change of keys, and so counts them, too.
		HostKeyCallback: func(_ string, _ net.Addr, offered ssh.PublicKey) error {
			if !wire.wanted() {
				return errWanting
			}
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
	return fmt.Errorf("connect to the machine: %w", tame(err))
}

// refuseRequests answers what the machine asks with no, as long as it asks seldom.
func refuseRequests(requests <-chan *ssh.Request, wire *wire) {
	for request := range requests {
		if wire.wanted() {
			_ = request.Reply(false, nil) // it is refused, heard or not
		}
	}
}

// refuse turns away whatever the machine wants to open, and says so once.
func refuse(channels <-chan ssh.NewChannel, wire *wire, log *slog.Logger) {
	said := false
	for channel := range channels {
		if !said {
			log.Warn("A channel that the machine wanted to open was refused.", "type", plain(channel.ChannelType(), maxKind))
			said = true
		}
		if !wire.wanted() {
			continue
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

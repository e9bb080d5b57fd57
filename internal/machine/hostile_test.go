package machine

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
)

// hostile is a machine whose owner has replaced its sshd.
type hostile struct {
	target Target
	serve  func(conn ssh.Conn, channels <-chan ssh.NewChannel)
}

func TestHostileMachine(t *testing.T) {
	t.Run("has every channel refused that it opens", func(t *testing.T) {
		refusals := make(chan error, 4)
		dial(t, func(conn ssh.Conn, channels <-chan ssh.NewChannel) {
			for _, kind := range []string{"session", "forwarded-tcpip", "forwarded-streamlocal@openssh.com", "x11"} {
				_, _, err := conn.OpenChannel(kind, nil)
				refusals <- err
			}
			_, _, _ = conn.SendRequest("tcpip-forward", true, nil)
			refuseAll(channels)
		})
		for range 4 {
			if refused, ok := errors.AsType[*ssh.OpenChannelError](<-refusals); !ok || refused.Reason != ssh.Prohibited {
				t.Errorf("the machine's channel was answered with %v", refused)
			}
		}
	})

	t.Run("is not read from without end", func(t *testing.T) {
		client := dial(t, eachSession(func(channel ssh.Channel) {
			for {
				if _, err := io.WriteString(channel, strings.Repeat("x", 1<<15)); err != nil {
					return
				}
			}
		}))
		text, err := client.run(t.Context(), dictumal.ProbeCommand, 1<<16)
		if err == nil || !strings.Contains(err.Error(), "more than it may") {
			t.Errorf("%d bytes were read (%v)", len(text), err)
		}
	})

	t.Run("cannot hold a caller who has no more time", func(t *testing.T) {
		client := dial(t, eachSession(func(ssh.Channel) { select {} }))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := client.run(ctx, dictumal.ProbeCommand, 1); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
		if _, err := client.VNC(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v", err)
		}
	})

	t.Run("cannot hold who looks at its ports", func(t *testing.T) {
		client := dial(t, func(_ ssh.Conn, channels <-chan ssh.NewChannel) {
			for channel := range channels {
				_, _, _ = channel.Accept()
			}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if client.greets(ctx, dictumal.VNCPort) || client.serves(ctx, dictumal.GuacamolePort) || ctx.Err() == nil {
			t.Error("it was seen to say something")
		}
	})

	t.Run("is asked for the ports of its own loopback only", func(t *testing.T) {
		asked := make(chan []byte, 4)
		client := dial(t, func(_ ssh.Conn, channels <-chan ssh.NewChannel) {
			for channel := range channels {
				asked <- channel.ExtraData()
				_ = channel.Reject(ssh.ConnectionFailed, "")
			}
		})
		inside := new(Ports).orUsual()
		for _, look := range []struct {
			at   uint16
			look func(context.Context, uint16) bool
		}{{inside.VNC, client.greets}, {inside.Guacamole, client.serves}} {
			if look.look(t.Context(), look.at) {
				t.Error("what was refused was seen")
			}
			want := string(ssh.Marshal(&struct {
				Host string
				Port uint32
			}{"127.0.0.1", uint32(look.at)}))
			if got := string(<-asked); !strings.HasPrefix(got, want) || look.at != 5901 && look.at != 8080 {
				t.Errorf("it was asked for %q", got)
			}
		}
	})

	t.Run("does not hold the reader of a stream that was closed", func(t *testing.T) {
		t.Parallel()
		pace := UsualPace()
		pace.LetGo = 100 * time.Millisecond
		client := dialOnce(t, newTestDialer(t, WithPace(pace)), newHostile(t, func(_ ssh.Conn, channels <-chan ssh.NewChannel) {
			for channel := range channels {
				_, _, _ = channel.Accept()
			}
		}).target)
		conn, err := client.VNC(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read := make(chan error, 1)
		go func() {
			_, err := conn.Read(make([]byte, 1))
			read <- err
		}()
		if err := conn.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-read:
			if err == nil {
				t.Error("something was read")
			}
		case <-time.After(10 * time.Second):
			t.Error("the stream's reader waits for ever")
		}
	})

	t.Run("cannot flood us before it has let us in", func(t *testing.T) {
		listener := listenLocal(t)
		go func() {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			defer func() { _ = conn.Close() }()
			for err == nil {
				_, err = io.WriteString(conn, strings.Repeat("no greeting\n", 1000))
			}
		}()
		target := hostileTarget(t, listener.Addr().String())
		if _, err := newTestDialer(t).Dial(t.Context(), target); err == nil {
			t.Error("the connection was made")
		}
	})
}

func TestDialer(t *testing.T) {
	t.Run("makes one connection for all who ask at once", func(t *testing.T) {
		var made atomic.Int32
		machine := newHostile(t, func(_ ssh.Conn, channels <-chan ssh.NewChannel) {
			made.Add(1)
			refuseAll(channels)
		})
		dialer := newTestDialer(t)
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if _, err := dialer.Dial(t.Context(), machine.target); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		until(t, func() bool { return made.Load() > 0 }) // the machine's side may be a little behind
		if made.Load() != 1 {
			t.Errorf("%d connections were made", made.Load())
		}
	})

	t.Run("connects anew after a connection has ended, and after it is told to forget", func(t *testing.T) {
		connections := make(chan ssh.Conn, 3)
		machine := newHostile(t, func(conn ssh.Conn, channels <-chan ssh.NewChannel) {
			connections <- conn
			refuseAll(channels)
		})
		dialer := newTestDialer(t)
		first := dialOnce(t, dialer, machine.target)
		if err := (<-connections).Close(); err != nil {
			t.Fatal(err)
		}
		_ = first.ssh.Wait()
		until(t, func() bool { dialer.mutex.Lock(); defer dialer.mutex.Unlock(); return len(dialer.lines) == 0 })
		second := dialOnce(t, dialer, machine.target)
		dialer.Forget(machine.target.Deployment)
		if third := dialOnce(t, dialer, machine.target); second == first || third == second {
			t.Error("an ended connection was given out again")
		}
	})

	t.Run("does not take a connection to one machine for another's", func(t *testing.T) {
		dialer := newTestDialer(t)
		first, second := newHostile(t, quiet), newHostile(t, quiet)
		if dialOnce(t, dialer, first.target) == dialOnce(t, dialer, second.target) {
			t.Error("a deployment's new machine got the old one's connection")
		}
	})

	t.Run("tells a machine with another host key", func(t *testing.T) {
		machine := newHostile(t, quiet)
		machine.target.HostKey = newPair(t).AuthorizedLine
		if _, err := newTestDialer(t).Dial(t.Context(), machine.target); !errors.Is(err, ErrHostKeyChanged) {
			t.Errorf("the error is %v", err)
		}
	})

	t.Run("makes no connection once it is closed", func(t *testing.T) {
		dialer := newTestDialer(t)
		if err := dialer.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := dialer.Dial(t.Context(), hostileTarget(t, "127.0.0.1:1")); err == nil {
			t.Error("a connection was made")
		}
	})
}

func dial(t *testing.T, serve func(ssh.Conn, <-chan ssh.NewChannel)) *Client {
	t.Helper()
	return dialOnce(t, newTestDialer(t), newHostile(t, serve).target)
}

func dialOnce(t *testing.T, dialer *Dialer, target Target) *Client {
	t.Helper()
	client, err := dialer.Dial(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func newTestDialer(t *testing.T, options ...Option) *Dialer {
	t.Helper()
	dialer := NewDialer(slog.New(slog.DiscardHandler), options...)
	t.Cleanup(func() { _ = dialer.Close() })
	return dialer
}

func newHostile(t *testing.T, serve func(ssh.Conn, <-chan ssh.NewChannel)) *hostile {
	t.Helper()
	pair := newPair(t)
	key, err := ssh.ParsePrivateKey(pair.PrivatePEM)
	if err != nil {
		t.Fatal(err)
	}
	listener := listenLocal(t)
	h := &hostile{target: hostileTarget(t, listener.Addr().String()), serve: serve}
	h.target.HostKey = pair.AuthorizedLine
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return &ssh.Permissions{}, nil
	}}
	config.AddHostKey(key)
	go func() {
		for {
			raw, err := listener.Accept()
			if err != nil {
				return
			}
			go h.handle(raw, config)
		}
	}()
	return h
}

func (h *hostile) handle(raw net.Conn, config *ssh.ServerConfig) {
	conn, channels, requests, err := ssh.NewServerConn(raw, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	h.serve(conn, channels)
}

func eachSession(run func(ssh.Channel)) func(ssh.Conn, <-chan ssh.NewChannel) {
	return func(_ ssh.Conn, channels <-chan ssh.NewChannel) {
		for offered := range channels {
			if offered.ChannelType() != "session" {
				continue // neither accepted nor refused
			}
			channel, requests, err := offered.Accept()
			if err != nil {
				return
			}
			go func() {
				for request := range requests {
					_ = request.Reply(true, nil)
				}
			}()
			go run(channel)
		}
	}
}

func quiet(_ ssh.Conn, channels <-chan ssh.NewChannel) { refuseAll(channels) }

func refuseAll(channels <-chan ssh.NewChannel) {
	for channel := range channels {
		_ = channel.Reject(ssh.Prohibited, "")
	}
}

func hostileTarget(t *testing.T, address string) Target {
	t.Helper()
	return Target{Deployment: "d", Address: address, ClientKey: newPair(t).PrivatePEM, HostKey: newPair(t).AuthorizedLine}
}

func newPair(t *testing.T) KeyPair {
	t.Helper()
	pair, err := NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

func listenLocal(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func until(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

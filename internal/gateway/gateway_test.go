package gateway

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

const greeting = "RFB 003.008\n"

func TestServeShowsARealDesktop(t *testing.T) {
	host := machinetest.Start(t)
	host.Desktop("640x480")
	_, url := serve(t, usualPace(), everything(host.Target))
	conn := websocket.NetConn(t.Context(), join(t, url), websocket.MessageBinary)
	if err := rfb.Greet(conn); err != nil {
		t.Fatal(err)
	}
	if err := rfb.FirstUpdate(t.Context(), conn); err != nil {
		t.Error(err)
	}
}

func TestServe(t *testing.T) {
	host := machinetest.Start(t)
	vnc := listenVNC(t, host)
	key, pull := []byte{4, 1, 0, 0, 0, 0, 0, 'a'}, []byte{3, 1, 0, 0, 0, 0, 5, 160, 3, 132}

	t.Run("carries bytes both ways, and of input only what the rights allow", func(t *testing.T) {
		for _, test := range []struct {
			control dictumal.Control
			want    []byte
		}{
			{dictumal.ControlFull, slices.Concat([]byte{1}, key, pull)},
			{dictumal.ControlViewOnly, slices.Concat([]byte{1}, pull)},
		} {
			gateway, url := serve(t, usualPace(), Viewer{Target: host.Target, Control: test.control})
			viewer, machine := meet(t, url, vnc)
			send(t, viewer, []byte{0})
			send(t, viewer, slices.Concat(key, pull))
			if got := receive(t, machine, len(test.want)); !bytes.Equal(got, test.want) {
				t.Errorf("with control %s, the machine received % x", test.control, got)
			}
			picture := bytes.Repeat([]byte("picture "), 50_000)
			go func() { _, _ = machine.Write(picture) }()
			if got := receive(t, websocket.NetConn(t.Context(), viewer, websocket.MessageBinary), len(picture)); !bytes.Equal(got, picture) {
				t.Error("the viewer received another picture than the machine drew")
			}
			stats := gateway.Stats()
			if stats.Open != 1 || stats.Opened != 1 || stats.ToMachine != uint64(len(test.want)) || stats.ToBrowser < uint64(len(picture)-fromBusy) {
				t.Errorf("the numbers are %+v", stats)
			}
		}
	})

	t.Run("ends with a reason", func(t *testing.T) {
		for _, test := range []struct {
			name string
			end  func(*Gateway, *websocket.Conn, net.Conn)
			want Ending
		}{
			{"when the desktop is destroyed", func(g *Gateway, _ *websocket.Conn, _ net.Conn) {
				g.End("another", EndRevoked)
				g.End(host.Target.Deployment, EndDestroyed)
			}, EndDestroyed},
			{"when the server shuts down", func(g *Gateway, _ *websocket.Conn, _ net.Conn) {
				go func() { _ = g.Drain(t.Context()) }()
			}, EndShutdown},
			{"when the machine has ended", func(_ *Gateway, _ *websocket.Conn, machine net.Conn) {
				_ = machine.Close()
			}, EndLost},
			{"when the viewer sends what is unknown", func(_ *Gateway, viewer *websocket.Conn, _ net.Conn) {
				send(t, viewer, []byte{1, 99})
			}, Ending{CodeProtocol, "The viewer sent a message of the unknown type 99."}},
			{"when the viewer sends text", func(_ *Gateway, viewer *websocket.Conn, _ net.Conn) {
				_ = viewer.Write(t.Context(), websocket.MessageText, []byte("hello"))
			}, Ending{CodeProtocol, "The viewer sent text, where the protocol has bytes only."}},
		} {
			t.Run(test.name, func(t *testing.T) {
				gateway, url := serve(t, usualPace(), everything(host.Target))
				viewer, machine := meet(t, url, vnc)
				test.end(gateway, viewer, machine)
				wantEnding(t, viewer, test.want)
				until(t, "no viewer is left", func() bool { return gateway.Stats().Open == 0 })
				if closed := gateway.Stats().Closed; len(closed) != 1 || closed[test.want.word()] != 1 {
					t.Errorf("closed are %v, want one, %q", closed, test.want.word())
				}
			})
		}
	})

	t.Run("takes no viewer once it drains", func(t *testing.T) {
		gateway, url := serve(t, usualPace(), everything(host.Target))
		if err := gateway.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantEnding(t, join(t, url), EndShutdown)
	})

	t.Run("drops a viewer without progress, and no other", func(t *testing.T) {
		pace := pace{dial: time.Minute, enter: time.Minute, check: 20 * time.Millisecond, stall: 300 * time.Millisecond, ping: time.Hour}
		gateway, url := serve(t, pace, everything(host.Target))
		_, flooding := meet(t, url, vnc)
		quiet, machine := meet(t, url, vnc)
		go func() { _, _ = io.Copy(flooding, endless{}) }()
		until(t, "the slow viewer is gone", func() bool { return gateway.Stats().Closed["slow"] == 1 })
		send(t, quiet, append([]byte{1}, pull...))
		receive(t, machine, 1+len(pull))
		if open := gateway.Stats().Open; open != 1 {
			t.Errorf("%d viewers are left", open)
		}
	})

	t.Run("drops a viewer who answers no ping", func(t *testing.T) {
		pace := pace{dial: time.Minute, enter: time.Minute, check: 20 * time.Millisecond, stall: 200 * time.Millisecond, ping: 2 * time.Second}
		gateway, url := serve(t, pace, everything(host.Target))
		meet(t, url, vnc) // and does not read, which would answer
		until(t, "the viewer is gone", func() bool { return gateway.Stats().Closed["slow"] == 1 })
	})

	t.Run("drops a viewer who does not finish the handshake", func(t *testing.T) {
		pace := usualPace()
		pace.enter = 100 * time.Millisecond
		_, url := serve(t, pace, everything(host.Target))
		viewer := join(t, url)
		go func() { _, _ = enter(vnc) }()
		receive(t, websocket.NetConn(t.Context(), viewer, websocket.MessageBinary), len(greeting))
		wantEnding(t, viewer, EndSlow)
	})

	t.Run("leaves nothing behind", func(t *testing.T) {
		gateway, url := serve(t, usualPace(), everything(host.Target))
		round := func() {
			viewer, _ := meet(t, url, vnc)
			if err := viewer.Close(websocket.StatusNormalClosure, ""); err != nil {
				t.Fatal(err)
			}
			until(t, "the viewer is gone", func() bool { return gateway.Stats().Open == 0 })
		}
		round() // which makes the shared connection
		before := runtime.NumGoroutine()
		for range 50 {
			round()
		}
		until(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= before+2 })
		if stats := gateway.Stats(); stats.Opened != 51 || stats.Closed["left"] != 51 {
			t.Errorf("the numbers are %+v, want 51 viewers who left", stats)
		}
	})
}

func TestServeTellsWhyItCannot(t *testing.T) {
	host := machinetest.Start(t)
	other := host.Target
	other.HostKey = newKey(t).AuthorizedLine
	gone := host.Target
	gone.Address = "127.0.0.1:1"
	for _, test := range []struct {
		name   string
		target machine.Target
		want   Ending
	}{
		{"when there is no desktop", host.Target, EndUnreachable},
		{"when there is no machine", gone, EndUnreachable},
		{"when there is another machine", other, EndHostKey},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, url := serve(t, usualPace(), everything(test.target))
			wantEnding(t, join(t, url), test.want)
		})
	}
}

func TestEndingsFitIntoACloseFrame(t *testing.T) {
	for _, ending := range []Ending{EndShutdown, EndDestroyed, EndRevoked, EndUnreachable, EndHostKey, EndLost, EndSlow, EndTooMany(10_000)} {
		if len(ending.Reason) > 123 || !strings.HasSuffix(ending.Reason, ".") {
			t.Errorf("%d cannot be told with %q", ending.Code, ending.Reason)
		}
	}
}

func everything(target machine.Target) Viewer {
	return Viewer{Target: target, Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth}
}

func serve(t *testing.T, pace pace, viewer Viewer) (*Gateway, string) {
	t.Helper()
	return serveBy(t, machine.UsualPace(), pace, viewer)
}

// serveBy is serve with so much patience with machines.
func serveBy(t *testing.T, machines machine.Pace, pace pace, viewer Viewer) (*Gateway, string) {
	t.Helper()
	dialer := machine.NewDialer(slog.New(slog.DiscardHandler), machine.WithPace(machines))
	gateway := New(dialer, slog.New(slog.DiscardHandler))
	gateway.pace = pace
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { gateway.Serve(w, r, viewer) }))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := gateway.Drain(ctx); err != nil {
			t.Errorf("drain: %v", err)
		}
		server.Close()
		_ = dialer.Close()
	})
	return gateway, "ws" + strings.TrimPrefix(server.URL, "http")
}

func join(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	viewer, response, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	viewer.SetReadLimit(-1)
	t.Cleanup(func() { _ = viewer.CloseNow() })
	return viewer
}

// meet brings a viewer and the VNC server of a machine together, to where the
// viewer's ClientInit is next.
func meet(t *testing.T, url string, vnc net.Listener) (*websocket.Conn, net.Conn) {
	t.Helper()
	type entered struct {
		conn net.Conn
		err  error
	}
	machines := make(chan entered, 1)
	go func() {
		conn, err := enter(vnc)
		machines <- entered{conn, err}
	}()
	viewer := join(t, url)
	conn := websocket.NetConn(t.Context(), viewer, websocket.MessageBinary)
	if err := rfb.Greet(conn); err != nil {
		t.Fatal(err)
	}
	if err := rfb.Authenticate(conn, ""); err != nil {
		t.Fatal(err)
	}
	select {
	case machine := <-machines:
		if machine.err != nil {
			t.Fatal(machine.err)
		}
		t.Cleanup(func() { _ = machine.conn.Close() })
		return viewer, machine.conn
	case <-time.After(15 * time.Second):
		t.Fatal("waited in vain for the gateway to enter the machine")
		return nil, nil
	}
}

// enter is the VNC server's part of a handshake without a password.
func enter(vnc net.Listener) (net.Conn, error) {
	conn, err := vnc.Accept()
	if err != nil {
		return nil, err
	}
	return conn, rfb.Accept(conn)
}

func listenVNC(t *testing.T, host *machinetest.Host) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", host.Path(dictumal.VNCSocket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func send(t *testing.T, viewer *websocket.Conn, message []byte) {
	t.Helper()
	if err := viewer.Write(t.Context(), websocket.MessageBinary, message); err != nil {
		t.Fatal(err)
	}
}

func receive(t *testing.T, from io.Reader, n int) []byte {
	t.Helper()
	got := make([]byte, n)
	if _, err := io.ReadFull(from, got); err != nil {
		t.Fatal(err)
	}
	return got
}

func wantEnding(t *testing.T, viewer *websocket.Conn, want Ending) {
	t.Helper()
	for {
		_, _, err := viewer.Read(t.Context())
		if err == nil {
			continue
		}
		if closed, ok := errors.AsType[websocket.CloseError](err); !ok || closed.Code != want.Code || closed.Reason != want.Reason {
			t.Errorf("the viewer's stream ended with %v", err)
		}
		return
	}
}

func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func newKey(t *testing.T) machine.KeyPair {
	t.Helper()
	key, err := machine.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// endless is a picture without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestAStillStreamIsHeardByWhoeverWantsToHearIt(t *testing.T) {
	host := machinetest.Start(t)
	vnc := listenVNC(t, host)
	go func() { _, _ = enter(vnc) }() // which draws nothing
	pace, viewer := usualPace(), everything(host.Target)
	pace.beat, viewer.Beats = 10*time.Millisecond, true
	_, url := serve(t, pace, viewer)
	socket := join(t, url)
	for heard := 0; heard < 3; {
		kind, said, err := socket.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if kind == websocket.MessageText && string(said) == "beat" {
			heard++
		}
	}
}

package gateway

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// TestNoSilenceIsLongerThanABeat has a picture change whenever it likes, just after a look
// as well: pages take a line for dead after twice that silence.
func TestNoSilenceIsLongerThanABeat(t *testing.T) {
	pauses := []time.Duration{
		time.Millisecond, 1999 * time.Millisecond, 2 * time.Second, 2001 * time.Millisecond, 100 * time.Millisecond,
		3 * time.Second, 1500 * time.Millisecond, 7 * time.Second, 3999 * time.Millisecond, 30 * time.Second,
	}
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		served := make(chan struct{})
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(served)
			draws(t, w, r, pauses) //nolint:contextcheck // the session outlives its request
		})}
		t.Cleanup(func() { _ = server.Close() })
		go func() { _ = server.Serve(&lone{conn: far, closed: make(chan struct{})}) }()

		dial := func(context.Context, string, string) (net.Conn, error) { return near, nil }
		socket, _, err := websocket.Dial(t.Context(), "ws://replica/", &websocket.DialOptions{ //nolint:bodyclose // it is the connection
			HTTPClient: &http.Client{Transport: &http.Transport{DialContext: dial}},
		})
		if err != nil {
			t.Fatal(err)
		}
		drawn, beats, last := 0, 0, time.Now()
		for {
			kind, _, err := socket.Read(t.Context())
			if err != nil {
				break
			}
			if silence := time.Since(last); silence > 2*time.Second {
				t.Errorf("after %d pieces nothing was heard for %s", drawn, silence)
			}
			if last = time.Now(); kind == websocket.MessageText {
				beats++
			} else {
				drawn++
			}
		}
		<-served
		if drawn != len(pauses) || beats > 30 {
			t.Errorf("%d of %d pieces and %d beats were heard in 52 seconds", drawn, len(pauses), beats)
		}
	})
}

// Private

// draws is a session whose machine draws something after each of the pauses.
func draws(t *testing.T, w http.ResponseWriter, r *http.Request, pauses []time.Duration) {
	t.Helper()
	socket, conn, err := accept(w, r)
	if err != nil {
		t.Error(err)
		return
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	s := &session{gateway: New(nil, slog.New(slog.DiscardHandler)), viewer: Viewer{Beats: true}, socket: socket, conn: conn, cancel: cancel}
	watched, out := make(chan struct{}), &viewer{socket: socket, writes: &s.writes}
	go func() {
		defer close(watched)
		s.watch(ctx)
	}()
	go func() { _, _ = out.Read(make([]byte, 1)) }() // whoever reads hears answers to pings
	for _, pause := range pauses {
		time.Sleep(pause)
		if _, err := out.Write([]byte("a change")); err != nil {
			t.Error(err)
		}
	}
	cancel(EndShutdown.Err())
	<-watched
}

// lone is a listener for one connection.
type lone struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *lone) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *lone) Close() error   { close(l.closed); return nil }
func (l *lone) Addr() net.Addr { return &net.UnixAddr{} }

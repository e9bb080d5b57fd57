package incus_test

import (
	"bufio"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal/internal/incus"
)

// oneByOne accepts as Incus does: it waits for the first byte of each connection
// before it accepts the next. Whoever connects and says nothing keeps all others out.
type oneByOne struct{ net.Listener }

func (l oneByOne) Accept() (net.Conn, error) {
	connection, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	read := bufio.NewReader(connection)
	_, _ = read.Peek(1) // whoever has gone again is found out when it is served
	return peeked{connection, read}, nil
}

type peeked struct {
	net.Conn
	read *bufio.Reader
}

func (p peeked) Read(into []byte) (int, error) { return p.read.Read(into) }

func TestNoConnectionIsOpenedThatKeepsOthersOut(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "unix.socket")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	var kept atomic.Int64
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"type":"sync","metadata":{}}`))
	}), ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateIdle { // where one is kept, spare ones are opened
			kept.Add(1)
		}
	}}
	go func() { _ = server.Serve(oneByOne{listener}) }()
	t.Cleanup(func() { _ = server.Close() })

	client := incus.New(socket)
	for range 10 {
		var asking sync.WaitGroup
		for range 16 {
			asking.Go(func() {
				for range 10 {
					if _, err := client.Server(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		asking.Wait()
		// Somebody else, such as the daemon's own hooks.
		if _, err := incus.New(socket).Server(t.Context()); err != nil {
			t.Fatalf("nobody else gets in: %v", err)
		}
	}
	if kept.Load() > 0 {
		t.Errorf("connections were kept after %d calls", kept.Load())
	}
}

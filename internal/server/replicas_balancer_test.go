package server

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// balancer passes each connection on to the first of its servers that is up, and knows
// nothing of what is said on it.
type balancer struct {
	t        *testing.T
	listener net.Listener
	mutex    sync.Mutex
	servers  []*backend
}

// backend is a server behind a balancer.
type backend struct {
	address string
	down    bool
	line    sync.RWMutex // held while nothing goes to and fro
	open    map[*net.TCPConn]struct{}
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &balancer{t: t, listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go b.serve(conn.(*net.TCPConn))
		}
	}()
	return b
}

func (b *balancer) add(one *replica) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.servers = append(b.servers, &backend{address: one.address[len("http://"):], open: map[*net.TCPConn]struct{}{}})
}

// put sets whether a server is up, as health checks find it.
func (b *balancer) put(server int, up bool) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	b.servers[server].down = !up
}

// kill does to the connections of a server what the end of its process does.
func (b *balancer) kill(server int) {
	b.put(server, false)
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for conn := range b.servers[server].open {
		_ = errors.Join(conn.SetLinger(0), conn.Close())
	}
}

// silence lets nothing to or from a server any more, and closes nothing; health checks
// take two seconds to find that.
func (b *balancer) silence(server int) (goOn func()) {
	b.servers[server].line.Lock()
	time.AfterFunc(2*time.Second, func() { b.put(server, false) })
	return b.servers[server].line.Unlock
}

// awaitDown asks a server whether it is ready until it is not.
func (b *balancer) awaitDown(server int) {
	for {
		request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, "http://"+b.servers[server].address+"/readyz", http.NoBody)
		if err != nil {
			b.t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = answer.Body.Close()
		}
		if err != nil || answer.StatusCode != http.StatusOK {
			b.put(server, false)
			return
		}
	}
}

func (b *balancer) serve(client *net.TCPConn) {
	defer func() { _ = client.Close() }()
	at := b.choose(client)
	if at == nil {
		return
	}
	defer b.forget(at, client)
	server, err := new(net.Dialer).DialContext(b.t.Context(), "tcp", at.address)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() {
		at.pass(client, server)
		_ = client.Close()
	}()
	at.pass(server, client)
}

func (b *balancer) choose(client *net.TCPConn) *backend {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	for _, server := range b.servers {
		if !server.down {
			server.open[client] = struct{}{}
			return server
		}
	}
	return nil
}

func (b *balancer) forget(at *backend, client *net.TCPConn) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	delete(at.open, client)
}

// pass carries what one side says to the other.
func (s *backend) pass(to io.Writer, from io.Reader) {
	piece := make([]byte, 16<<10)
	for {
		n, err := from.Read(piece)
		s.line.RLock()
		if n > 0 {
			_, err = to.Write(piece[:n])
		}
		s.line.RUnlock()
		if err != nil {
			return
		}
	}
}

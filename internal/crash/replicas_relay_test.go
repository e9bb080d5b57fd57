package crash_test

import (
	"io"
	"net"
	"sync"
	"testing"
)

// relay passes connections on to wherever it is told to: what stands between a server
// and those who know one address of it.
type relay struct {
	address string

	mu   sync.Mutex
	pick func() string // where the next connection goes; empty: nowhere
	open map[string]passage
}

// passage is a connection that is passed on.
type passage struct {
	to   string
	ends [2]net.Conn
}

func newRelay(t *testing.T, pick func() string) *relay {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{address: listener.Addr().String(), pick: pick, open: map[string]passage{}}
	t.Cleanup(func() {
		_ = listener.Close()
		r.cut()
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go r.pass(conn)
		}
	}()
	return r
}

// where tells which server a connection leads to, by the address that it comes from.
func (r *relay) where(from net.Addr) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.open[from.String()].to
}

// Private

func (r *relay) pass(near net.Conn) {
	r.mu.Lock()
	to := r.pick()
	r.mu.Unlock()
	far, err := net.DialTimeout("tcp", to, patience) //nolint:noctx // of a relay that ends with its test
	if err != nil {
		_ = near.Close()
		return
	}
	p := passage{to, [2]net.Conn{near, far}}
	r.mu.Lock()
	r.open[near.RemoteAddr().String()] = p
	r.mu.Unlock()
	var both sync.WaitGroup
	for n := range p.ends {
		both.Go(func() {
			_, _ = io.Copy(p.ends[n], p.ends[1-n])
			p.close() // a half of a connection is of no use to anybody here
		})
	}
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, near.RemoteAddr().String())
}

// cut ends what goes through.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range r.open {
		p.close()
	}
}

func (p passage) close() {
	for _, end := range p.ends {
		_ = end.Close()
	}
}

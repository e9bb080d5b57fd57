package crash_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"
)

// How a load balancer watches over the servers behind it: as usual ones are set up.
const (
	checkEvery    = time.Second
	checkPatience = time.Second
	checkFall     = 2 // answers in a row that fail to come, until a server is out
)

// balancer stands before the replicas: each connection goes to the next one that is
// ready. One that is not gets no more; those that it has it keeps, as with most balancers.
type balancer struct {
	*relay

	mu      sync.Mutex
	servers []*checked
	turn    int
}

// checked is a server that is watched.
type checked struct {
	address string
	failed  int // in a row
	in      bool
}

func newBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{}
	b.relay = newRelay(t, b.next)
	return b
}

// serve takes a server in, and watches it until the test ends.
func (b *balancer) serve(ctx context.Context, address string) {
	s := &checked{address: address}
	b.mu.Lock()
	b.servers = append(b.servers, s)
	b.mu.Unlock()
	go func() {
		tick := time.NewTicker(checkEvery)
		defer tick.Stop()
		for {
			b.note(s, b.ready(ctx, s))
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	}()
}

// count tells how many servers are in.
func (b *balancer) count() (in int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.servers {
		if s.in {
			in++
		}
	}
	return in
}

// Private

func (b *balancer) next() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range b.servers {
		b.turn++
		if s := b.servers[b.turn%len(b.servers)]; s.in {
			return s.address
		}
	}
	return ""
}

func (b *balancer) ready(ctx context.Context, s *checked) bool {
	ctx, cancel := context.WithTimeout(ctx, checkPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/readyz", http.NoBody)
	if err != nil {
		return false
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (b *balancer) note(s *checked, ready bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s.failed++
	if ready {
		s.failed = 0
	}
	s.in = ready || s.in && s.failed < checkFall
}

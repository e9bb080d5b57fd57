package image_test

import (
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// open lists the TCP ports that answer the host, of all that there are. The wall
// drops what it does not know, so that a closed port answers nothing: many are
// asked at once, and those that answered are all that is left after a while.
func (m *machine) open() []int {
	m.t.Helper()
	address, err := netip.ParseAddr(m.address())
	if err != nil {
		m.t.Fatalf("read the machine's address: %v", err)
	}
	var (
		found []int
		mu    sync.Mutex
		group sync.WaitGroup
		next  = make(chan uint16)
	)
	dialer := net.Dialer{Timeout: 500 * time.Millisecond}
	for range 4096 {
		group.Go(func() {
			for port := range next {
				conn, err := dialer.DialContext(m.t.Context(), "tcp", netip.AddrPortFrom(address, port).String())
				if err != nil {
					continue
				}
				_ = conn.Close()
				mu.Lock()
				found = append(found, int(port))
				mu.Unlock()
			}
		})
	}
	for port := 1; port <= 65535; port++ {
		next <- uint16(port)
	}
	close(next)
	group.Wait()
	slices.Sort(found)
	return found
}

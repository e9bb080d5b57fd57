package hostile

import (
	"net"
	"sync"
)

// Private

// heap is the connections that a machine has, to be closed at the end.
type heap struct {
	mutex  sync.Mutex
	closed bool
	conns  []net.Conn
}

func newHeap() *heap { return &heap{} }

func (h *heap) add(conn net.Conn) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.closed {
		_ = conn.Close()
	}
	h.conns = append(h.conns, conn)
}

func (h *heap) close() {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.closed = true
	for _, conn := range h.conns {
		_ = conn.Close() // it may have ended
	}
}

package app

import (
	"context"
	"net"
	"sync"
	"time"
)

// headStart is what people are given before the work begins: who waits for the server
// is answered first.
const headStart = 20 * time.Millisecond

// front is a listener that tells when somebody has begun to answer at it.
type front struct {
	net.Listener
	once    sync.Once
	serving chan struct{}
}

func newFront(listener net.Listener) *front {
	return &front{Listener: listener, serving: make(chan struct{})}
}

// Accept waits for the next who comes.
func (f *front) Accept() (net.Conn, error) {
	f.once.Do(func() { close(f.serving) })
	return f.Listener.Accept()
}

// Private

// then works once people are answered: after a restart with much to do, who asks how
// it goes does not wait behind it.
func (f *front) then(ctx context.Context, work func(context.Context) error) error {
	select {
	case <-f.serving:
	case <-ctx.Done():
		return nil
	}
	select {
	case <-time.After(headStart):
		return work(ctx)
	case <-ctx.Done():
		return nil
	}
}

package machine

import (
	"context"
	"io"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// grace is how long a machine may take to let go of what was closed.
const grace = 5 * time.Second

// Private

// within waits for work on a connection no longer than the context. Nothing in
// SSH makes a machine answer, so one that leaves the work hanging loses the
// connection, which ends the work in any case.
func within[T any](ctx context.Context, c *Client, work func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := work()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		impatience := time.AfterFunc(grace, func() { _ = c.close() })
		go func() {
			<-answers
			impatience.Stop()
		}()
		var nothing T
		return nothing, context.Cause(ctx)
	}
}

// stream is a channel whose Close ends pending reads. A channel alone waits for
// the machine to close its side.
type stream struct {
	ssh.Channel
	client *Client
	once   sync.Once
	// reading is held by who reads. Two who wait at once are not both woken at
	// the end.
	reading sync.Mutex
}

func (s *stream) Read(p []byte) (int, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	return s.Channel.Read(p)
}

func (s *stream) Close() error {
	var err error
	s.once.Do(func() {
		err = s.Channel.Close()
		impatience := time.AfterFunc(grace, func() { _ = s.client.close() })
		go func() {
			_, _ = io.Copy(io.Discard, s) // until the machine has closed, too
			impatience.Stop()
		}()
	})
	return err
}

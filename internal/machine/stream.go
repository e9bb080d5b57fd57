package machine

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// maxRequests is how often a machine may ask for something on one channel; a
// command that ends does so twice.
const maxRequests = 8

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
		answers <- answer{value, c.wire.explain(err)}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		impatience := c.impatience()
		go func() {
			<-answers
			impatience.Stop()
		}()
		var nothing T
		return nothing, context.Cause(ctx)
	}
}

// impatience ends the connection of a machine that does not let go in time.
func (c *Client) impatience() *time.Timer {
	return time.AfterFunc(c.pace.LetGo, func() { c.wire.blame(ErrClinging) })
}

// stream is a channel whose Close ends pending reads. A channel alone waits for
// the machine to close its side.
type stream struct {
	ssh.Channel
	client *Client
	gone   chan struct{} // closed once the machine has closed, too
	once   sync.Once
	// reading is held by who reads. Two who wait at once are not both woken at
	// the end.
	reading sync.Mutex

	waiting atomic.Bool  // for the machine, which has sent no more
	level   atomic.Int64 // of what was unread on the wire when nothing was left here
}

// newStream takes over a channel. What the machine asks for on it is refused,
// and seen by whoever wants to.
func newStream(c *Client, channel ssh.Channel, requests <-chan *ssh.Request, see func(*ssh.Request)) *stream {
	s := &stream{Channel: channel, client: c, gone: make(chan struct{})}
	c.wire.enter(s)
	go func() {
		defer close(s.gone)
		asked := 0
		for request := range requests {
			if asked++; asked > maxRequests {
				c.wire.blame(errWanting)
			}
			see(request)
			_ = request.Reply(false, nil) // it is refused, heard or not
		}
	}()
	return s
}

func (s *stream) Read(p []byte) (int, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	s.waiting.Store(true)
	n, err := s.Channel.Read(p)
	s.client.wire.take(n)
	if n < len(p) {
		s.level.Store(s.client.wire.unread())
	}
	s.waiting.Store(false)
	return n, s.client.wire.explain(err)
}

func (s *stream) Write(p []byte) (int, error) {
	n, err := s.Channel.Write(p)
	return n, s.client.wire.explain(err)
}

func (s *stream) Close() error {
	var err error
	s.once.Do(func() {
		impatience := s.client.impatience()
		go func() {
			_, _ = io.Copy(io.Discard, s)
			<-s.gone // what came to an end may still be open
			impatience.Stop()
			s.client.wire.leave(s)
		}()
		err = s.Channel.Close()
	})
	return err
}

// behind is how much has come for everybody since nothing was left here.
func (s *stream) behind(unread int64) int64 {
	if s.waiting.Load() {
		return 0
	}
	return unread - s.level.Load()
}

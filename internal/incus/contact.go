package incus

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// Contact is whether the daemon answers, as the last calls of any client of the same
// connections have found.
type Contact struct {
	Err   error     // what keeps it from answering; nil where it answers
	Since time.Time // since when it is so
}

// Contact tells whether the daemon answers. It makes no call.
func (c *Client) Contact() Contact {
	c.contact.mu.Lock()
	defer c.contact.mu.Unlock()
	return c.contact.now
}

// Private

type contact struct {
	mu  sync.Mutex
	now Contact
}

func newContact() *contact { return &contact{now: Contact{Since: time.Now()}} }

// note learns from how a call has ended. Who does not wait for an answer, or loses
// one that was begun, has not found out whether there are any.
func (c *contact) note(ctx context.Context, err error) {
	_, answered := errors.AsType[*Error](err)
	dial, dialed := errors.AsType[*net.OpError](err)
	switch {
	case err == nil || answered:
		err = nil
	case errors.Is(ctx.Err(), context.Canceled):
		return
	case dialed && dial.Op == "dial":
	case !errors.Is(err, context.DeadlineExceeded):
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if (err == nil) != (c.now.Err == nil) {
		c.now.Since = time.Now()
	}
	c.now.Err = err
}

package machine

import (
	"context"
	"time"
)

// Private

// keepAlive returns when the connection has ended, and ends it when the machine
// no longer answers or the context is done.
func (c *Client) keepAlive(ctx context.Context) {
	conn := c.ssh
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = conn.Wait() // how it ended is seen by whoever was using it
	}()
	tick := time.NewTicker(c.pace.Quiet)
	defer tick.Stop()
	answered := make(chan struct{}, 1)
	answered <- struct{}{}
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			_ = conn.Close()
			<-ended
			return
		case <-tick.C:
		}
		select {
		case <-answered:
			go func() {
				// A refusal is an answer; an error has ended the connection.
				_, _, _ = conn.SendRequest("keepalive@openssh.com", true, nil)
				answered <- struct{}{}
			}()
		default:
			c.wire.blame(ErrSilent)
			<-ended
			return
		}
	}
}

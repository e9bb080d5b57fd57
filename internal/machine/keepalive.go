package machine

import (
	"context"
	"time"

	"golang.org/x/crypto/ssh"
)

// keepAliveEvery is how often a quiet machine is asked whether it is there; one
// that has not answered when the next question is due counts as gone.
const keepAliveEvery = 15 * time.Second

// Private

// keepAlive returns when the connection has ended, and ends it when the machine
// no longer answers or the context is done.
func keepAlive(ctx context.Context, conn ssh.Conn) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = conn.Wait() // how it ended is seen by whoever was using it
	}()
	tick := time.NewTicker(keepAliveEvery)
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
			_ = conn.Close()
		}
	}
}

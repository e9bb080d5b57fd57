package machine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

// Dialer keeps one SSH connection per deployment, which everything that goes to
// its machine shares.
type Dialer struct {
	log  *slog.Logger
	pace Pace
	find func(address string) string

	mutex  sync.Mutex
	closed bool
	lines  map[string]*line // by deployment
}

// NewDialer makes a dialer without connections.
func NewDialer(log *slog.Logger, options ...Option) *Dialer {
	d := &Dialer{log: log, pace: UsualPace(), find: func(address string) string { return address }, lines: map[string]*line{}}
	for _, option := range options {
		option(d)
	}
	return d
}

// Dial gives the connection to a machine, and makes it where there is none.
// Whoever asks meanwhile waits for the same attempt. The error is
// [ErrHostKeyChanged] where another key answers than the pinned one.
func (d *Dialer) Dial(ctx context.Context, target Target) (*Client, error) {
	line, err := d.line(ctx, target)
	if err != nil {
		return nil, err
	}
	select {
	case <-line.ready:
		return line.client, line.err
	case <-ctx.Done():
		return nil, fmt.Errorf("connect to the machine: %w", context.Cause(ctx))
	}
}

// Forget closes the connection of a deployment.
func (d *Dialer) Forget(deployment string) {
	d.mutex.Lock()
	line := d.lines[deployment]
	delete(d.lines, deployment)
	d.mutex.Unlock()
	if line != nil {
		_ = line.close() // nobody uses it any more
	}
}

// Close closes every connection, and makes no more.
func (d *Dialer) Close() error {
	d.mutex.Lock()
	lines := d.lines
	d.lines, d.closed = map[string]*line{}, true
	d.mutex.Unlock()
	var errs []error
	for _, line := range lines {
		errs = append(errs, line.close())
	}
	return errors.Join(errs...)
}

// Private

// line is a connection that stands, or that is being made.
type line struct {
	target Target
	cancel context.CancelCauseFunc
	ready  chan struct{} // closed once client or err is set
	client *Client
	err    error
}

func (d *Dialer) line(ctx context.Context, target Target) (*line, error) {
	target.Address = d.find(target.Address)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.closed {
		return nil, errors.New("connect to the machine: the server is shutting down")
	}
	present := d.lines[target.Deployment]
	if present != nil && present.target.same(target) {
		return present, nil
	}
	if present != nil {
		go func() { _ = present.close() }() // it led to a machine that is no longer the one
	}
	// The attempt belongs to all who will wait for it, not to who came first.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	fresh := &line{target: target, cancel: cancel, ready: make(chan struct{})}
	d.lines[target.Deployment] = fresh
	go d.keep(ctx, fresh)
	return fresh, nil
}

// keep makes the connection, watches over it, and drops it when it ends.
func (d *Dialer) keep(ctx context.Context, l *line) {
	defer l.cancel(nil)
	defer d.drop(l)
	attempt, cancel := context.WithTimeout(ctx, d.pace.Dial)
	client, err := connect(attempt, l.target, d.pace, d.log)
	cancel()
	if err != nil {
		l.err = err
		d.drop(l) // before anyone hears of it, so that the next one to ask tries anew
		close(l.ready)
		return
	}
	l.client = client
	close(l.ready)
	client.keepAlive(ctx)
}

func (d *Dialer) drop(l *line) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.lines[l.target.Deployment] == l {
		delete(d.lines, l.target.Deployment)
	}
}

func (l *line) close() error {
	l.cancel(errors.New("the connection was closed"))
	<-l.ready
	if l.client == nil {
		return nil
	}
	return l.client.close()
}

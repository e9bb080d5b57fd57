package machine

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// maxComplaint is as much as is kept of what a command says on its way to fail.
const maxComplaint = 4 << 10

// Private

// run runs a command and gives what it prints. More than the limit is an error.
func (c *Client) run(ctx context.Context, command string, limit int) ([]byte, error) {
	return c.feed(ctx, command, nil, limit)
}

// feed is run for a command that reads its input to the end.
func (c *Client) feed(ctx context.Context, command string, input []byte, limit int) ([]byte, error) {
	var last outcome
	session, err := c.open(ctx, "session", nil, last.see)
	if err != nil {
		return nil, err
	}
	defer func() { _ = session.Close() }() // it has most likely ended by itself
	stop := context.AfterFunc(ctx, func() { _ = session.Close() })
	defer stop()
	return within(ctx, c, func() ([]byte, error) {
		return last.of(session, command, input, limit)
	})
}

// outcome is how a command ended, as far as the machine has said so. It is known
// once the channel is gone.
type outcome struct {
	status   uint32
	known    bool
	signaled bool
	said     complaint
}

func (o *outcome) see(request *ssh.Request) {
	switch request.Type {
	case "exit-status":
		if len(request.Payload) == 4 {
			o.status, o.known = binary.BigEndian.Uint32(request.Payload), true
		}
	case "exit-signal":
		o.signaled = true
	}
}

// of runs a command to its end.
func (o *outcome) of(session *stream, command string, input []byte, limit int) ([]byte, error) {
	complained := make(chan struct{})
	go func() {
		defer close(complained)
		_, _ = io.Copy(&o.said, session.Stderr()) // it ends with the channel
	}()
	accepted, err := session.SendRequest("exec", true, ssh.Marshal(&struct{ Command string }{command}))
	if err != nil {
		return nil, tame(err)
	}
	if !accepted {
		return nil, errors.New("the machine refuses to run the command")
	}
	go func() {
		_, _ = session.Write(input) // a command that does not want it says so by how it ends
		_ = session.CloseWrite()
	}()
	text, err := io.ReadAll(io.LimitReader(session, int64(limit)+1))
	if err != nil {
		return nil, tame(err)
	}
	if len(text) > limit {
		return nil, errors.New("the machine answered with more than it may")
	}
	<-session.gone
	<-complained
	return text, session.client.wire.explain(o.err())
}

// err says how a command failed, and of the machine's words only what is fit to
// be read.
func (o *outcome) err() error {
	var how string
	switch {
	case o.known && o.status == 0:
		return nil
	case o.known:
		how = fmt.Sprintf("the command ended with status %d", o.status)
	case o.signaled:
		how = "the command was ended by a signal"
	default:
		how = "the machine did not say how the command ended"
	}
	if words := plain(o.said.text.String(), maxCause); words != "" {
		return errors.New(how + " and said: " + words)
	}
	return errors.New(how)
}

// complaint is the beginning of what a command says on its error stream.
type complaint struct{ text strings.Builder }

func (c *complaint) Write(p []byte) (int, error) {
	c.text.Write(p[:min(len(p), maxComplaint-c.text.Len())])
	return len(p), nil
}

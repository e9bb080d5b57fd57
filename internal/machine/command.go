package machine

import (
	"context"
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
	return within(ctx, c, func() ([]byte, error) {
		session, err := c.ssh.NewSession()
		if err != nil {
			return nil, err
		}
		defer func() { _ = session.Close() }() // it has most likely ended by itself
		stop := context.AfterFunc(ctx, func() { _ = session.Close() })
		defer stop()
		return exchange(session, command, input, limit)
	})
}

func exchange(session *ssh.Session, command string, input []byte, limit int) ([]byte, error) {
	var said complaint
	session.Stderr = &said
	stdin, err := session.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := session.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := session.Start(command); err != nil {
		return nil, err
	}
	go func() {
		_, _ = stdin.Write(input) // a command that does not want it says so by how it ends
		_ = stdin.Close()
	}()
	text, err := io.ReadAll(io.LimitReader(stdout, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(text) > limit {
		return nil, errors.New("the machine answered with more than it may")
	}
	return text, said.explain(session.Wait())
}

// complaint is the beginning of what a command says on its error stream.
type complaint struct{ text strings.Builder }

func (c *complaint) Write(p []byte) (int, error) {
	c.text.Write(p[:min(len(p), maxComplaint-c.text.Len())])
	return len(p), nil
}

// explain says how a command failed, and of the machine's words only what is fit
// to be read.
func (c *complaint) explain(err error) error {
	exit, failed := errors.AsType[*ssh.ExitError](err)
	if !failed {
		return err
	}
	if words := plain(c.text.String(), maxCause); words != "" {
		return fmt.Errorf("the command ended with status %d and said: %s", exit.ExitStatus(), words)
	}
	return fmt.Errorf("the command ended with status %d", exit.ExitStatus())
}

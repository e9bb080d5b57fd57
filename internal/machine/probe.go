package machine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway/rfb"
)

// Report is how a machine is.
type Report struct {
	SSH     bool // it answers with the pinned host key and lets us in
	VNC     bool // its VNC server answers; on the guacamole stream, with a greeting
	Desktop bool // the machine says that window manager, panel and desktop are there

	// Of the native stream.
	Greeting    bool // a VNC server's greeting has been read
	Framebuffer bool // and a picture has arrived

	// Of the guacamole stream.
	HTTP80    bool // port 80 answers, whatever it says
	GuacHTTP  bool // Guacamole answers on the machine's loopback
	GuacHTTPS bool // and to the world, with a certificate of the right authority

	Bootstrap string            // running, done or failed; empty where the machine cannot say yet
	Failure   *dictumal.Failure // why the bootstrap failed
	Dialogs   []string          // titles of error dialogs that stand on the desktop

	Clock   time.Duration // by how much the machine's clock is ahead of ours, a day at most
	Clocked bool          // whether it is known

	// Cause is why the machine could not be reached, or could not say how it is.
	Cause error
}

// Probe looks at a machine. One that cannot be reached is no error, since that
// is how every machine begins; the only errors are [ErrHostKeyChanged] and the
// end of the context.
func Probe(ctx context.Context, dialer *Dialer, target Target) (Report, error) {
	client, err := dialer.Dial(ctx, target)
	if errors.Is(err, ErrHostKeyChanged) {
		return Report{}, err
	}
	if err != nil {
		return Report{Cause: err}, ended(ctx)
	}
	report := Report{SSH: true}
	client.ask(ctx, &report)
	client.look(ctx, &report)
	return report, ended(ctx)
}

// Private

// ask runs the probe command on the machine.
func (c *Client) ask(ctx context.Context, report *Report) {
	asked := time.Now()
	text, err := c.run(ctx, dictumal.ProbeCommand, maxAnswer)
	if err != nil {
		report.Cause = fmt.Errorf("run the probe on the machine: %w", err)
		return
	}
	// The answer is as old as the way back, about half of what it all took.
	if err := report.read(text, asked.Add(time.Since(asked)/2)); err != nil {
		report.Cause = err
	}
}

// look goes the way that a viewer goes, as far as the first picture.
func (c *Client) look(ctx context.Context, report *Report) {
	conn, err := c.VNC(ctx)
	if err != nil {
		return // no socket yet, or nobody behind it
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	report.VNC = true
	if rfb.Greet(conn) != nil {
		return
	}
	report.Greeting = true
	report.Framebuffer = rfb.FirstUpdate(ctx, conn) == nil
}

func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("probe the machine: %w", context.Cause(ctx))
}

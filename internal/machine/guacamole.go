package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
)

const guacamolePath = "/guacamole/"

// ProbeGuacamole looks at a machine of the guacamole stream as [Probe] does at
// one of the native stream, with the same errors. All of its checks run side by
// side; those from outside do not need SSH to be up.
func ProbeGuacamole(ctx context.Context, dialer *Dialer, target Target, door Door) (Report, error) {
	outside, err := netip.ParseAddrPort(target.Address)
	if err != nil { // a name could lead anywhere
		return Report{Cause: fmt.Errorf("read the machine's address: %w", err)}, ended(ctx)
	}
	var (
		report         Report
		answers, opens bool
		group          sync.WaitGroup
	)
	group.Go(func() { report = inside(ctx, dialer, target, door.Ports.orUsual()) })
	group.Go(func() { answers = check(ctx, dialer.pace, outside.Addr(), door.answers) })
	group.Go(func() { opens = check(ctx, dialer.pace, outside.Addr(), door.opens) })
	group.Wait()
	if errors.Is(report.Cause, ErrHostKeyChanged) {
		return Report{}, report.Cause
	}
	report.HTTP80, report.GuacHTTPS = answers, opens
	return report, ended(ctx)
}

// Private

// inside does what needs SSH.
func inside(ctx context.Context, dialer *Dialer, target Target, ports Ports) Report {
	client, err := reach(ctx, dialer, target)
	if err != nil {
		return Report{Cause: err}
	}
	report := Report{SSH: true}
	var (
		greets, serves bool
		group          sync.WaitGroup
	)
	group.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, client.pace.Check)
		defer cancel()
		client.ask(ctx, &report)
	})
	group.Go(func() { greets = client.greets(ctx, ports.VNC) })
	group.Go(func() { serves = client.serves(ctx, ports.Guacamole) })
	group.Wait()
	report.VNC, report.GuacHTTP = greets, serves
	return report
}

// check looks from outside, for as long as a check may take.
func check(ctx context.Context, pace Pace, at netip.Addr, look func(context.Context, netip.Addr) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, pace.Check)
	defer cancel()
	return look(ctx, at)
}

// reach waits for a connection only as long as for a check. The attempt goes on,
// and whoever asks next waits for the same.
func reach(ctx context.Context, dialer *Dialer, target Target) (*Client, error) {
	ctx, cancel := context.WithTimeout(ctx, dialer.pace.Check)
	defer cancel()
	return dialer.Dial(ctx, target)
}

// greets tells whether a VNC server speaks at the port.
func (c *Client) greets(ctx context.Context, port uint16) bool {
	return c.visit(ctx, port, func(_ context.Context, conn io.ReadWriteCloser) bool {
		var greeting [4]byte
		_, err := io.ReadFull(conn, greeting[:])
		return err == nil && string(greeting[:]) == "RFB "
	})
}

// serves tells whether Guacamole has a page at the port, or the way to one.
func (c *Client) serves(ctx context.Context, port uint16) bool {
	address := "http://" + net.JoinHostPort(localhost, strconv.Itoa(int(port))) + guacamolePath
	return c.visit(ctx, port, func(ctx context.Context, conn io.ReadWriteCloser) bool {
		status, err := page(ctx, conn, address)
		return err == nil && 200 <= status && status < 400
	})
}

// visit looks at a port of the machine's loopback, for as long as a check may take
// whatever the machine does.
func (c *Client) visit(ctx context.Context, port uint16, look func(context.Context, io.ReadWriteCloser) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, c.pace.Check)
	defer cancel()
	conn, err := c.loopback(ctx, port)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	seen, err := within(ctx, c, func() (bool, error) { return look(ctx, conn), nil })
	return err == nil && seen
}

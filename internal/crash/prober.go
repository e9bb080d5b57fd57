package crash

import (
	"context"
	"net"
	"strconv"

	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/reconcile"
)

// Where the machines of tests listen. This host may have an sshd and a web server
// of its own.
const (
	SSH   = 22022
	HTTP  = 22080
	HTTPS = 22443
)

// Prober has points around looks into machines, which are where tests put them.
type Prober struct {
	reconcile.Prober
	Points *Points
}

// Probe looks at a machine of the native stream: probe.
func (p Prober) Probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	report, err := p.Prober.Probe(ctx, there(target))
	p.Points.Pass("probe")
	return report, err
}

// ProbeGuacamole looks at a machine of the guacamole stream: probe.
func (p Prober) ProbeGuacamole(ctx context.Context, target machine.Target, door machine.Door) (machine.Report, error) {
	door.Ports.HTTP, door.Ports.HTTPS = HTTP, HTTPS
	report, err := p.Prober.ProbeGuacamole(ctx, there(target), door)
	p.Points.Pass("probe")
	return report, err
}

// Certify gives a machine its certificate: certify.asked, certify.signed, certify.installed.
func (p Prober) Certify(ctx context.Context, target machine.Target, sign func(request []byte) (certificate []byte, err error)) error {
	err := p.Prober.Certify(ctx, there(target), func(request []byte) ([]byte, error) {
		p.Points.Pass("certify.asked")
		certificate, err := sign(request)
		p.Points.Pass("certify.signed")
		return certificate, err
	})
	if err == nil {
		p.Points.Pass("certify.installed")
	}
	return err
}

// Log reads a piece of a machine's boot log.
func (p Prober) Log(ctx context.Context, target machine.Target, offset int64, limit int) ([]byte, error) {
	return p.Prober.Log(ctx, there(target), offset, limit)
}

// Private

func there(target machine.Target) machine.Target {
	if host, port, err := net.SplitHostPort(target.Address); err == nil && port == "22" {
		target.Address = net.JoinHostPort(host, strconv.Itoa(SSH))
	}
	return target
}

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

// Found is where a machine of tests is reached by SSH.
func Found(address string) string {
	if host, port, err := net.SplitHostPort(address); err == nil && port == "22" {
		return net.JoinHostPort(host, strconv.Itoa(SSH))
	}
	return address
}

// Prober has points around looks into machines.
type Prober struct {
	reconcile.Prober
	Points *Points
}

// Probe looks at a machine of the native stream: probe.
func (p Prober) Probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	report, err := p.Prober.Probe(ctx, target)
	p.Points.Pass("probe")
	return report, err
}

// ProbeGuacamole looks at a machine of the guacamole stream: probe.
func (p Prober) ProbeGuacamole(ctx context.Context, target machine.Target, door machine.Door) (machine.Report, error) {
	door.Ports.HTTP, door.Ports.HTTPS = HTTP, HTTPS
	report, err := p.Prober.ProbeGuacamole(ctx, target, door)
	p.Points.Pass("probe")
	return report, err
}

// Certify gives a machine its certificate: certify.asked, certify.signed, certify.installed.
func (p Prober) Certify(ctx context.Context, target machine.Target, sign func(request []byte) (certificate []byte, err error)) error {
	err := p.Prober.Certify(ctx, target, func(request []byte) ([]byte, error) {
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

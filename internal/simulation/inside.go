package simulation

import (
	"context"
	"net"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
)

// inside is what is seen of machines through SSH.
type inside struct{ cloud *cloud }

// Probe looks into the machine that has the address. A machine lets in who knows
// its host key, and shows its parts one after the other.
func (i inside) Probe(ctx context.Context, target machine.Target) (report machine.Report, err error) {
	if ctx.Err() != nil {
		return report, ctx.Err()
	}
	host, _, err := net.SplitHostPort(target.Address)
	if err != nil {
		return report, err
	}
	i.cloud.Do(func(now time.Time) {
		b := i.cloud.at[host]
		if b == nil || !b.up(now) || b.address(now) != host {
			return
		}
		if b.key != target.HostKey {
			err = machine.ErrHostKeyChanged
			return
		}
		report = b.inside(now)
	})
	return report, err
}

// ProbeGuacamole looks into a machine of the guacamole stream, of which there is none.
func (i inside) ProbeGuacamole(ctx context.Context, target machine.Target, _ machine.Door) (machine.Report, error) {
	return i.Probe(ctx, target)
}

// Certify is for the guacamole stream.
func (i inside) Certify(context.Context, machine.Target, func([]byte) ([]byte, error)) error {
	return nil
}

// Log finds an empty one.
func (i inside) Log(context.Context, machine.Target, int64, int) ([]byte, error) { return nil, nil }

// Forget lets go of a machine.
func (i inside) Forget(string) {}

// Private

// inside is how far the machine has come.
func (b *body) inside(now time.Time) machine.Report {
	age := now.Sub(b.activeAt)
	report := machine.Report{SSH: age >= b.ready/10, Bootstrap: "running"}
	if age < b.ready {
		return report
	}
	report.VNC, report.Greeting, report.Framebuffer = true, true, true
	switch report.Bootstrap = "done"; {
	case !b.broken:
		report.Desktop = true
	case b.number%2 == 0: // its bootstrap says so
		report.Bootstrap, report.Failure = "failed", &dictumal.Failure{
			Reason: dictumal.ReasonBootstrapFailed, Cause: "A package could not be installed.", NextStep: "Try again.",
		}
	}
	return report
}

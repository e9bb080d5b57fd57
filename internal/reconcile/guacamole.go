package reconcile

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
)

const (
	// certifyPatience is how long a machine may take to open HTTPS with a
	// certificate before it is given another.
	certifyPatience = 15 * time.Second
	// clockTolerance is below what a clock can be read through a network.
	clockTolerance = time.Second
)

// Private

type guacamoleCourse struct{ *step }

func (g guacamoleCourse) probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	door := machine.Door{Name: authority.MachineHost(g.row.MachineName), Roots: g.Authority.Pool()}
	return g.Prober.ProbeGuacamole(ctx, target, door)
}

func (g guacamoleCourse) checks(report machine.Report) map[dictumal.Check]bool {
	return map[dictumal.Check]bool{
		dictumal.CheckVNC5901:   report.VNC,
		dictumal.CheckHTTP80:    report.HTTP80,
		dictumal.CheckGuacHTTP:  report.GuacHTTP,
		dictumal.CheckGuacHTTPS: report.GuacHTTPS,
	}
}

func (g guacamoleCourse) stage(report machine.Report) dictumal.Stage {
	switch {
	case report.GuacHTTPS:
		return dictumal.FinalHealthCheck
	case report.GuacHTTP:
		return dictumal.ConfiguringHTTPS
	case report.VNC:
		return dictumal.StartingGuacamole
	}
	return dictumal.InstallingPackages
}

// ready wants HTTPS and nothing else: a machine gets the certificate for it only
// when all else is done.
func (g guacamoleCourse) ready(report machine.Report) bool { return report.GuacHTTPS }

func (g guacamoleCourse) faceless(machine.Report) bool { return false }

func (g guacamoleCourse) help(ctx context.Context, target machine.Target, report machine.Report) error {
	g.learnClock(report)
	if report.Bootstrap != bootstrapDone || report.GuacHTTPS {
		return nil
	}
	names, err := g.names(ctx)
	if err != nil || g.certified(names) && time.Since(g.memo.certified) < certifyPatience {
		return err
	}
	return g.certify(ctx, target, names)
}

// learnClock takes over by how much the machine's clock is ahead, which tokens
// allow for.
func (s *step) learnClock(report machine.Report) {
	if report.Clocked && (report.Clock-s.row.ClockSkew).Abs() >= clockTolerance {
		s.row.ClockSkew = report.Clock.Truncate(time.Millisecond)
	}
}

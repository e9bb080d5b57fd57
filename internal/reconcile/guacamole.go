package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
)

const (
	// certifyPatience is how long a machine may take to open HTTPS with a
	// certificate before it is given another.
	certifyPatience = 15 * time.Second
	// renewBefore is how long before its end a certificate is renewed.
	renewBefore = 30 * 24 * time.Hour
	// clockEvery is how often the clock of a machine that works is looked at.
	clockEvery = 5 * time.Minute
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
	if g.certified() && time.Since(g.memo.certified) < certifyPatience {
		return nil
	}
	return g.certify(ctx, target)
}

// learnClock takes over by how much the machine's clock is ahead, which tokens
// allow for.
func (s *step) learnClock(report machine.Report) {
	if report.Clocked && (report.Clock-s.row.ClockSkew).Abs() >= clockTolerance {
		s.row.ClockSkew = report.Clock.Truncate(time.Millisecond)
	}
}

// names is for whom the machine's certificate must be good.
func (s *step) names() authority.Names {
	return authority.Names{
		Machine: authority.MachineHost(s.row.MachineName), IP: s.row.IP, Gateway: s.GatewayHost.NameOf(s.row.ID),
	}
}

// certified tells whether the machine has a certificate that is good for a while.
func (s *step) certified() bool {
	return s.row.CertificateNames == s.names().String() && time.Now().Before(s.row.CertificateUntil.Add(-renewBefore))
}

// certify gives the machine a certificate for the key that it has made.
func (s *step) certify(ctx context.Context, target machine.Target) error {
	names := s.names()
	var until time.Time
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	err := s.Prober.Certify(ctx, target, func(request []byte) (certificate []byte, err error) {
		certificate, until, err = s.Authority.Sign(request, names, time.Now())
		return certificate, err
	})
	if err != nil {
		return fmt.Errorf("certify the machine: %w", err)
	}
	s.memo.certified = time.Now()
	s.row.CertificateNames, s.row.CertificateUntil = names.String(), until
	s.note(fmt.Sprintf("Gave the machine a certificate for %s, good until %s.", names, until.UTC().Format("2 January 2006")))
	return nil
}

// keepDoor sees to it that the door of a machine that works stays good: its
// certificate is renewed in time, and its clock is known. A machine that does not
// answer for a moment is asked again at the next look.
func (s *step) keepDoor(ctx context.Context) error {
	if s.row.Stream != dictumal.Guacamole || s.certified() && time.Since(s.memo.clocked) < clockEvery {
		return nil
	}
	target, err := s.target()
	if err != nil {
		return err
	}
	if !s.certified() {
		if err := s.certify(ctx, target); err != nil {
			return err
		}
	}
	report, err := s.probe(ctx, target)
	if err != nil {
		return err
	}
	if report.Clocked {
		s.memo.clocked = time.Now()
	}
	s.learnClock(report)
	s.row.Progress.Checks = s.course().checks(report)
	return nil
}

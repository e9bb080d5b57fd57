package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
)

const (
	// renewBefore is how long before its end a certificate is renewed.
	renewBefore = authority.Life - authority.RenewAfter
	// clockEvery is how often the clock of a machine that works is looked at.
	clockEvery = 5 * time.Minute
)

// Private

// names is for whom the machine's certificate must be good. A gateway host that leads
// to one machine only is for that one: the others could pass themselves off as it.
func (s *step) names(ctx context.Context) (authority.Names, error) {
	names := authority.Names{Machine: authority.MachineHost(s.row.MachineName), IP: s.row.IP}
	if s.GatewayHost == "" || s.GatewayHost.PerDeployment() {
		names.Gateway = s.GatewayHost.NameOf(s.row.ID)
		return names, nil
	}
	first, err := s.Store.FirstLive(ctx, dictumal.Guacamole)
	if err != nil {
		return names, fmt.Errorf("find the machine of the gateway host: %w", err)
	}
	if first == s.row.ID {
		names.Gateway = s.GatewayHost.NameOf(s.row.ID)
	}
	return names, nil
}

// certified tells whether the machine has a certificate that is good for a while.
func (s *step) certified(names authority.Names) bool {
	return s.row.CertificateNames == names.String() && time.Now().Before(s.row.CertificateUntil.Add(-renewBefore))
}

// certify gives the machine a certificate for the key that it has made.
func (s *step) certify(ctx context.Context, target machine.Target, names authority.Names) error {
	var until time.Time
	certifying, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	err := s.Prober.Certify(certifying, target, func(request []byte) (certificate []byte, err error) {
		certificate, until, err = s.Authority.Sign(request, names, time.Now())
		return certificate, err
	})
	if err != nil {
		return fmt.Errorf("certify the machine: %w", err)
	}
	s.memo.certified = time.Now()
	s.row.CertificateNames, s.row.CertificateUntil = names.String(), until
	return s.noteOnce(ctx, fmt.Sprintf("Gave the machine a certificate for %s, good until %s.", names, until.UTC().Format("2 January 2006")))
}

// keepDoor sees to it that the door of a machine that works stays good: its
// certificate is renewed in time, and its clock is known. A machine that does not
// answer for a moment is asked again at the next look.
func (s *step) keepDoor(ctx context.Context) error {
	if s.row.Stream != dictumal.Guacamole {
		return nil
	}
	names, err := s.names(ctx)
	if err != nil || s.certified(names) && time.Since(s.memo.clocked) < clockEvery {
		return err
	}
	target, err := s.target()
	if err != nil {
		return err
	}
	if !s.certified(names) {
		err = s.certify(ctx, target, names)
	}
	return errors.Join(err, s.seeDoor(ctx, target))
}

// seeDoor shows the door as it is.
func (s *step) seeDoor(ctx context.Context, target machine.Target) error {
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

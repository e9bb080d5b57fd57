package reconcile

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
)

const (
	// probeTime bounds one look into a machine.
	probeTime = 8 * time.Second
	// facelessTimeout is how long a machine that is ready may be without a desktop.
	facelessTimeout = 90 * time.Second
)

// Private

// configure waits until the machine shows a desktop.
func (s *step) configure(ctx context.Context) error {
	if there, err := s.attendSometimes(ctx); !there || err != nil {
		return s.unlessOverdue(ctx, err)
	}
	target, err := s.target()
	if err != nil {
		return s.unlessOverdue(ctx, err)
	}
	report, err := s.probe(ctx, target)
	if errors.Is(err, machine.ErrHostKeyChanged) {
		s.failHostKey()
		return nil
	}
	if err != nil {
		return s.unlessOverdue(ctx, err)
	}
	s.memo.trouble = report.Cause
	course := s.course()
	s.row.Progress.Checks = course.checks(report)
	s.reach(course.stage(report))
	done := report.Failure != nil || course.ready(report)
	if report.SSH {
		s.followLog(ctx, target, done)
	}
	s.again(s.probePace(report))
	s.judge(course, report)
	if s.row.Status == dictumal.Configuring {
		err = course.help(ctx, target, report)
	}
	return s.unlessOverdue(ctx, err)
}

// judge draws the conclusion from what the machine shows.
func (s *step) judge(course course, report machine.Report) {
	switch {
	case report.Failure != nil:
		s.fail(report.Failure)
		return
	case course.ready(report):
		s.reach(dictumal.StageActive)
		s.row.StartSentAt = time.Time{} // what happened on the way up does not count later
		s.become(dictumal.Active, "The desktop is ready.")
		return
	case !course.faceless(report):
		s.memo.faceless = time.Time{}
		return
	case s.memo.faceless.IsZero():
		s.memo.faceless = time.Now()
	}
	if time.Since(s.memo.faceless) >= facelessTimeout {
		s.failDesktop(report.Dialogs)
	}
}

// attendSometimes asks the provider about the machine only where it told of a
// change, which makes the row due before its time, or has not been asked for long.
// A provider that does not answer keeps no machine from being configured.
func (s *step) attendSometimes(ctx context.Context) (bool, error) {
	early := time.Now().Before(s.memo.due)
	if !early && time.Since(s.memo.looked) < s.pollEvery() {
		return true, nil
	}
	there, err := s.attend(ctx)
	if err != nil && ctx.Err() == nil && s.row.Status == dictumal.Configuring {
		s.Log.WarnContext(ctx, "The provider could not be asked about a machine.", "deployment", s.row.ID, "error", err)
		s.warn(err)
		return true, nil
	}
	return there, err
}

func (s *step) probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	probing, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	report, err := s.course().probe(probing, target)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		// It takes its time: nothing is up yet.
		return machine.Report{Cause: fmt.Errorf("it did not answer within %s", words(probeTime))}, nil
	}
	return report, err
}

// target says how the machine is reached.
func (s *step) target() (machine.Target, error) {
	key, err := s.Sealer.Open(s.row.ClientKey, s.row.ClientKeyContext())
	if err != nil {
		return machine.Target{}, fmt.Errorf("open the client key: %w", err)
	}
	return machine.Target{
		Deployment: s.row.ID, Address: net.JoinHostPort(s.row.IP, "22"),
		ClientKey: key, HostKey: s.row.HostPublic,
	}, nil
}

// probePace is how soon the machine is looked into again: often while it moves,
// which is at first and once only the desktop is missing, more calmly when it takes
// long. A machine that does not answer yet loses nothing by being asked; one that
// installs packages has better things to do.
func (s *step) probePace(report machine.Report) time.Duration {
	switch waited := time.Since(s.row.ConfiguringAt); {
	case waited < 30*time.Second && !report.SSH:
		return 150 * time.Millisecond
	case waited < 5*time.Second, waited < 30*time.Second && report.VNC, waited < 5*time.Minute && report.Bootstrap == "done":
		return 250 * time.Millisecond
	case waited < 2*time.Minute:
		return 2 * time.Second
	}
	return 5 * time.Second
}

// unlessOverdue gives the deployment up where its time is over, whatever the
// step came to.
func (s *step) unlessOverdue(ctx context.Context, err error) error {
	deadline := s.row.ConfiguringAt.Add(s.ConfiguringTimeout)
	if s.row.Status != dictumal.Configuring {
		return err
	}
	if time.Now().Before(deadline) {
		s.wake = earliest(s.wake, deadline)
		return err
	}
	tail, logErr := s.logTail(ctx)
	if logErr != nil {
		return errors.Join(err, logErr)
	}
	s.failConfiguring(tail)
	return nil
}

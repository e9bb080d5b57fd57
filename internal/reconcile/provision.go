package reconcile

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

const (
	// provisioningTimeout is how long a machine may take until it is up.
	provisioningTimeout = 10 * time.Minute
	// freshTime is how long after the order a machine is looked at often.
	freshTime = 15 * time.Second
	freshPace = 300 * time.Millisecond
)

// Private

// provision has a machine made and waits until it is up.
func (s *step) provision(ctx context.Context) error {
	if s.row.CreateSentAt.IsZero() {
		return s.order(ctx)
	}
	found, err := s.look(ctx)
	if err != nil {
		return s.unlessLate(err)
	}
	switch {
	case len(found) == 0:
		err = s.wait(ctx)
	case len(found) > 1:
		err = s.keepOldest(ctx, found)
	default:
		err = s.rise(ctx, found[0])
	}
	return s.unlessLate(err)
}

// rise follows a machine on its way up.
func (s *step) rise(ctx context.Context, m dictumal.Machine) error {
	if s.row.MachineID == "" {
		s.note(fmt.Sprintf("Found the machine %s, which was ordered before.", m.Name))
	}
	s.learn(m)
	if on, err := s.powered(ctx, m); !on {
		return err
	}
	s.advance(m)
	return nil
}

// advance goes on with a machine that is known.
func (s *step) advance(m dictumal.Machine) {
	if m.Power != dictumal.PowerActive {
		s.again(s.pace())
		return
	}
	if m.IP == "" {
		s.reach(dictumal.WaitingForIP)
		s.again(s.pace())
		return
	}
	s.reach(dictumal.InstallingPackages)
	s.note(fmt.Sprintf("The machine is up and has the address %s.", m.IP))
	s.become(dictumal.Configuring, "The machine is being configured.")
}

// wait is for a machine that does not show, after an order whose outcome may be
// unknown: it is ordered again only when the grace is over and it counts as absent.
func (s *step) wait(ctx context.Context) error {
	switch {
	case s.memo.seen:
		_, err := s.missing(ctx, nil)
		return err
	case s.graceLeft() > 0:
		s.again(min(s.pace(), s.graceLeft()))
		return nil
	}
	// A list may miss for a moment what it has shown before.
	if gone, err := s.absent(ctx); !gone {
		s.again(s.pollEvery())
		return err
	}
	s.note(fmt.Sprintf("The order for the machine %s came to nothing; ordering another.", s.row.MachineName))
	s.row.OrderedAt = time.Time{}
	return s.order(ctx)
}

// keepOldest removes the machines that an order made too many. The oldest is
// taken over once it is alone.
func (s *step) keepOldest(ctx context.Context, found []dictumal.Machine) error {
	if err := s.noteOnce(ctx, "One order has made several machines; keeping the oldest."); err != nil {
		return err
	}
	s.again(s.pace())
	return s.remove(ctx, found[1:])
}

// pace is how soon a machine that is being made is looked at again. One that has
// just been ordered changes quickly, and a provider whose list is the truth is near.
func (s *step) pace() time.Duration {
	if s.truthful() && time.Since(s.row.CreateSentAt) < freshTime {
		return freshPace
	}
	return s.pollEvery()
}

// unlessLate gives the deployment up where the step, whatever it came to, has
// brought no machine within the time for that.
func (s *step) unlessLate(err error) error {
	deadline := s.row.CreatedAt.Add(provisioningTimeout)
	if s.row.Status != dictumal.Provisioning {
		return err
	}
	if time.Now().Before(deadline) {
		s.wake = earliest(s.wake, deadline)
		return err
	}
	s.failProvisioning()
	return nil
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

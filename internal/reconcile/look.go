package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

const (
	// offTimeout is how long a machine that was started again may stay off.
	offTimeout = 2 * time.Minute
	// offPatience keeps from starting a machine that somebody is removing, which
	// is off for a moment before it is gone.
	offPatience = 3 * time.Second
)

// Private

// look returns the machines of the present attempt: by id where that is known,
// and by name where it is not, or where nothing has the id.
func (s *step) look(ctx context.Context) (found []dictumal.Machine, err error) {
	s.memo.looked = time.Now()
	if s.row.MachineID != "" {
		var m dictumal.Machine
		err := s.ask(ctx, func(ctx context.Context) (err error) {
			m, err = s.Provider.Inspect(ctx, s.row.MachineID)
			return err
		})
		if err == nil {
			s.memo.seen = true
			return []dictumal.Machine{m}, nil
		}
		if !errors.Is(err, dictumal.ErrMachineNotFound) {
			return nil, fmt.Errorf("inspect the machine: %w", err)
		}
	}
	if s.without(adoption) {
		return nil, nil
	}
	err = s.ask(ctx, func(ctx context.Context) (err error) {
		found, err = s.Provider.Find(ctx, s.row.MachineName)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("find the machine: %w", err)
	}
	s.memo.seen = s.memo.seen || len(found) > 0
	return found, nil
}

// attend looks whether the machine is there and on. Where it is false the
// deployment cannot go on for now.
func (s *step) attend(ctx context.Context) (bool, error) {
	found, err := s.look(ctx)
	if err != nil {
		return false, err
	}
	if len(found) != 1 || found[0].ID != s.row.MachineID {
		return s.missing(ctx, found)
	}
	if ip := found[0].IP; ip != "" && s.row.IP != ip {
		s.note(fmt.Sprintf("The machine has the new address %s.", ip))
	}
	s.learn(found[0])
	return s.powered(ctx, found[0])
}

// missing counts a look at a machine that should be there and is not. It is true
// where that means nothing yet. What has its name but another id was made by the
// same order a second time.
func (s *step) missing(ctx context.Context, others []dictumal.Machine) (bool, error) {
	s.again(s.pollEvery())
	if len(others) > 0 {
		return false, s.remove(ctx, others)
	}
	patient := !s.truthful() || s.row.Status == dictumal.Provisioning
	if patient && s.graceLeft() > 0 {
		return true, nil
	}
	gone, err := s.absent(ctx)
	if gone {
		s.failVanished()
	}
	return false, err
}

// powered starts a machine that is off, and gives it up when that does not help.
func (s *step) powered(ctx context.Context, m dictumal.Machine) (on bool, err error) {
	if m.Power != dictumal.PowerOff {
		s.memo.offSince = time.Time{}
		if time.Since(s.row.StartSentAt) >= offTimeout {
			s.row.StartSentAt = time.Time{} // starting it has helped; the next time is another case
		}
		return true, nil
	}
	if s.memo.offSince.IsZero() {
		s.memo.offSince = time.Now()
	}
	if left := offPatience - time.Since(s.memo.offSince); left > 0 {
		s.again(left)
		return false, nil
	}
	first := s.row.StartSentAt.IsZero()
	if !first && time.Since(s.row.StartSentAt) >= offTimeout {
		s.failOff()
		return false, nil
	}
	if first {
		s.row.StartSentAt = time.Now()
		s.note("The machine was off; starting it again.")
	}
	s.againBefore(s.row.StartSentAt.Add(offTimeout), s.pollEvery())
	if !first && !s.memo.startFailed {
		return false, nil
	}
	err = s.ask(ctx, func(ctx context.Context) error { return s.Provider.Start(ctx, m.ID) })
	s.memo.startFailed = err != nil
	if errors.Is(err, dictumal.ErrMachineNotFound) {
		return false, nil // the next look tells
	}
	return false, err
}

// remove destroys machines of this attempt; one that is gone already is fine.
func (s *step) remove(ctx context.Context, machines []dictumal.Machine) error {
	var errs []error
	for _, m := range machines {
		err := s.ask(ctx, func(ctx context.Context) error { return s.Provider.Destroy(ctx, m.ID) })
		if err != nil {
			errs = append(errs, fmt.Errorf("destroy the machine %s: %w", m.ID, err))
		}
	}
	return errors.Join(errs...)
}

// learn takes over what a look has shown.
func (s *step) learn(m dictumal.Machine) {
	s.row.MachineID = m.ID
	s.row.IP = cmp.Or(m.IP, s.row.IP)
	s.row.HostKey = "" // the machine has it
	s.present()
}

func (s *step) present() { s.row.Absences, s.row.AbsentSince = 0, time.Time{} }

// absent counts a look that found nothing, and tells whether the machine counts as
// gone. Looks that follow at once, as after a wake-up, may see the same list; and a
// time in which nobody could look is no time in which the machine was missing, so
// there must be as many absences as looks fit into the span.
func (s *step) absent(ctx context.Context) (bool, error) {
	if s.row.Absences == 0 {
		s.row.AbsentSince = time.Now()
	}
	if time.Since(s.row.AbsentSince) >= time.Duration(s.row.Absences)*s.pollEvery() {
		s.row.Absences++
	}
	traits := s.Provider.Traits()
	if s.without(patience404) {
		return true, nil
	}
	enough := max(traits.Absences, int(traits.AbsenceSpan/s.pollEvery()))
	if s.row.Absences < enough || time.Since(s.row.AbsentSince) < traits.AbsenceSpan {
		return false, nil
	}
	if err := s.sameAccount(ctx); err != nil {
		return false, err
	}
	return true, nil
}

// graceLeft is how long the outcome of the last order may still show.
func (s *step) graceLeft() time.Duration {
	if s.without(graceTime) {
		return 0
	}
	return time.Until(s.row.CreateSentAt.Add(s.Grace))
}

// truthful tells whether what the provider does not list does not exist.
func (s *step) truthful() bool { return s.Provider.Traits().Absences <= 1 }

func (s *step) pollEvery() time.Duration {
	return cmp.Or(s.Provider.Traits().PollEvery, 5*time.Second)
}

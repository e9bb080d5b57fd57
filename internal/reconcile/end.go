package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

// removalPace is how soon a removal is confirmed where that costs next to
// nothing, unless it was asked for several times and did not happen.
const (
	removalPace   = 250 * time.Millisecond
	quickRemovals = 3
)

// Private

// destroy removes the machine; the deployment is destroyed only when the
// provider no longer has it.
func (s *step) destroy(ctx context.Context) error {
	made := s.mayHaveMachine()
	gone, err := s.demolish(ctx)
	if err != nil || !gone {
		return err
	}
	s.gone()
	if made {
		s.become(dictumal.Destroyed, fmt.Sprintf("Destroy confirmed: %s no longer lists the machine.", s.provider()))
	} else {
		s.become(dictumal.Destroyed, "Destroyed; no machine was left to be removed.")
	}
	s.again(never)
	return nil
}

// cleanUp removes the machine of a deployment in ERROR when it has been kept
// long enough to be looked at.
func (s *step) cleanUp(ctx context.Context) error {
	if !s.mayHaveMachine() {
		s.gone()
		s.again(never)
		return nil
	}
	kept, why := s.row.ErrorAt.Add(s.ErrorKeep), fmt.Sprintf("The machine was kept for %s to be looked at (DICTUMAL_ERROR_KEEP)", words(s.ErrorKeep))
	if ending, ok := s.row.Ending(); ok && ending.At.Before(kept) {
		kept, why = ending.At, s.because(ending)
	}
	if time.Now().Before(kept) {
		s.wake = kept
		return nil
	}
	gone, err := s.demolish(ctx)
	if err != nil || !gone {
		return err
	}
	s.gone()
	s.note(why + "; it has been removed.")
	s.again(never)
	return nil
}

// demolish removes whatever machine the row may have, and tells whether it is
// proven to be gone: that a provider took an order to remove it proves nothing.
func (s *step) demolish(ctx context.Context) (gone bool, err error) {
	if !s.mayHaveMachine() {
		return true, nil
	}
	found, err := s.look(ctx)
	if err != nil {
		return false, s.stuck(ctx, errors.Join(err, s.removeUnseen(ctx, err)))
	}
	if len(found) > 0 {
		return s.without(absenceRead), s.tearDown(ctx, found)
	}
	if wait := s.graceLeft(); wait > 0 && !s.settled() {
		s.again(min(wait, s.pollEvery()))
		return false, nil
	}
	s.again(s.pollEvery())
	return s.absent(ctx)
}

// tearDown asks for the removal of what there still is. Asking changes the
// machine, of which a watching provider tells; asking again for that would never end.
func (s *step) tearDown(ctx context.Context, found []dictumal.Machine) error {
	s.present()
	if s.row.MachineID == "" && len(found) == 1 {
		s.learn(found[0])
	}
	s.again(s.removalPace())
	if s.memo.removals > 0 && time.Since(s.memo.removalAsked) < s.removalPatience() {
		s.answered = false // whether it still refuses shows when it is asked again
		return nil
	}
	if err := s.noteRemoval(ctx); err != nil {
		return err
	}
	if err := s.remove(ctx, found); err != nil {
		return s.stuck(ctx, err)
	}
	return nil
}

// removeUnseen asks once for the removal of a machine that is known and may not be
// looked at, since the provider takes few calls: removals are the last that it refuses.
func (s *step) removeUnseen(ctx context.Context, unseen error) error {
	refusal, ok := errors.AsType[*dictumal.Refusal](unseen)
	if !ok || refusal.Reason != dictumal.ReasonRateLimited || s.row.MachineID == "" || s.memo.removals > 0 {
		return nil
	}
	if err := s.remove(ctx, []dictumal.Machine{{ID: s.row.MachineID, Name: s.row.MachineName}}); err != nil {
		return err
	}
	return s.noteRemoval(ctx)
}

// noteRemoval remembers that the removal was asked for, and tells people once.
func (s *step) noteRemoval(ctx context.Context) error {
	s.memo.removals++
	s.memo.removalAsked = time.Now()
	return s.noteOnce(ctx, fmt.Sprintf("Asked %s to remove the machine %s.", s.provider(), s.row.MachineName))
}

// removalPatience is how long a removal that was asked for may take until it is
// asked for again: longer each time, up to a minute. Clouds show for a while what
// they are removing.
func (s *step) removalPatience() time.Duration {
	first := s.pollEvery()
	if !s.truthful() {
		first *= 3
	}
	return min(first<<min(s.memo.removals-1, 10), time.Minute)
}

// removalPace is how soon a removal is looked at again.
func (s *step) removalPace() time.Duration {
	if s.truthful() && s.memo.removals <= quickRemovals {
		return removalPace
	}
	return s.pollEvery()
}

// stuck tells people once that the machine is still there; the attempt is
// repeated for as long as it takes.
func (s *step) stuck(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return err
	}
	text := fmt.Sprintf("%s has not removed the machine yet; asking again until it is gone.", s.provider())
	if noteErr := s.noteOnce(ctx, text); noteErr != nil {
		return noteErr
	}
	return err
}

// settled tells whether no effect of the order can be outstanding: the machine
// was seen, by a provider that shows what it has.
func (s *step) settled() bool {
	return s.truthful() && s.row.MachineID != "" && (s.memo.seen || !s.row.ConfiguringAt.IsZero())
}

// mayHaveMachine tells whether an order was sent whose machine is not proven gone.
func (s *step) mayHaveMachine() bool {
	return s.row.HasMachine() && (s.row.MachineID != "" || !s.row.CreateSentAt.IsZero())
}

// gone notes that nothing is left that could be held up, and lets go of the keys to it.
func (s *step) gone() {
	if s.row.MachineGoneAt.IsZero() {
		s.row.MachineGoneAt = time.Now()
		s.row.Proof = dictumal.Proof{Absences: s.row.Absences, Since: s.row.AbsentSince}
	}
	s.present()
	s.row.ClientKey, s.row.HostKey, s.row.StreamSecret = "", "", ""
	s.row.Warning = nil
	s.Prober.Forget(s.row.ID)
}

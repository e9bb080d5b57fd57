package reconcile

import (
	"context"
	"errors"
	"strings"

	"github.com/dictumal/dictumal"
)

// Private

// ask makes one call of the provider.
func (s *step) ask(ctx context.Context, call func(context.Context) error) error {
	if err := s.hold.enough(ctx, s.Call); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Call)
	defer cancel()
	err := call(ctx)
	s.Observer.Asked(err)
	s.answered = s.answered || err == nil || errors.Is(err, dictumal.ErrMachineNotFound)
	return err
}

// warn keeps what the provider refuses with in view on the deployment for as long
// as it does: whoever waits learns why. Other errors are for the log.
func (s *step) warn(err error) {
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok {
		return
	}
	if s.row.Warning == nil || s.row.Warning.Reason != refusal.Reason {
		s.note(strings.TrimSpace(refusal.Message + " " + refusal.NextStep))
	}
	s.row.Warning = refusal.Failure()
	s.answered = false // not as it should
}

// relieve ends the warning at the end of a step in which the provider has done all
// that it was asked for: a look that succeeds says nothing of a removal that does not.
func (s *step) relieve() {
	if s.answered && s.row.Warning != nil {
		s.row.Warning = nil
		s.note(s.provider() + " answers as it should again.")
	}
}

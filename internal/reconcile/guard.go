package reconcile

import (
	"context"
	"errors"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
)

// guardEvery is how often a machine that works is looked at where nobody tells
// of changes.
const guardEvery = time.Minute

// Private

// guard sees to it that an active deployment still has its machine.
func (s *step) guard(ctx context.Context) error {
	there, err := s.attend(ctx)
	if !there || err != nil {
		return err
	}
	s.again(guardEvery)
	switch err := s.keepDoor(ctx); {
	case errors.Is(err, machine.ErrHostKeyChanged):
		s.failHostKey()
		return nil
	case err != nil:
		s.Log.WarnContext(ctx, "A machine's door could not be looked after.", "deployment", s.row.ID, "error", err)
	}
	return s.forgetUserData(ctx)
}

// forgetUserData has the provider forget what the machine has read by now.
func (s *step) forgetUserData(ctx context.Context) error {
	provider, ok := s.Provider.(dictumal.UserDataForgetter)
	if !ok || s.memo.forgotUserData {
		return nil
	}
	err := s.ask(ctx, func(ctx context.Context) error { return provider.ForgetUserData(ctx, s.row.MachineID) })
	if err != nil && !errors.Is(err, dictumal.ErrMachineNotFound) {
		return err
	}
	s.memo.forgotUserData = true
	return nil
}

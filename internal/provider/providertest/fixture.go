package providertest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
)

// suite is one case of the suite on its own fixture.
type suite struct {
	*testing.T
	Fixture
}

// newSpec is a spec with a name that nothing has had before.
func (s suite) newSpec() dictumal.MachineSpec {
	return s.Spec(dictumal.MachineName(s.Installation, ulid.Make().String()))
}

// create makes a machine that is there for the rest of the test.
func (s suite) create() dictumal.Machine {
	s.Helper()
	made, err := s.Provider.Create(s.Context(), s.newSpec())
	if err != nil {
		s.Fatalf("create: %v", err)
	}
	s.until("the machine can be inspected", func() bool {
		_, err := s.Provider.Inspect(s.Context(), made.ID)
		return err == nil
	})
	return made
}

func (s suite) await(id string, want dictumal.Power) (machine dictumal.Machine) {
	s.Helper()
	s.until("the machine is "+string(want), func() bool {
		var err error
		machine, err = s.Provider.Inspect(s.Context(), id)
		return err == nil && machine.Power == want
	})
	return machine
}

func (s suite) awaitGone(id string) {
	s.Helper()
	s.until("the machine is gone", func() bool {
		_, err := s.Provider.Inspect(s.Context(), id)
		return errors.Is(err, dictumal.ErrMachineNotFound)
	})
}

// hears waits until a name is among what a watcher has heard since the last time.
func (s suite) hears(heard <-chan string, name string) {
	s.Helper()
	var others []string
	s.until("the watcher hears of "+name, func() bool {
		for len(heard) > 0 {
			others = append(others, <-heard)
		}
		return slices.Contains(others, name)
	})
}

// until waits for a condition, and fails the test when it takes too long.
func (s suite) until(what string, holds func() bool) {
	s.Helper()
	patience := s.Patience
	if patience == 0 {
		patience = 10 * time.Second
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			s.Fatalf("waited %v in vain until %s", patience, what)
		}
	}
}

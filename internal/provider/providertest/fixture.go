package providertest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
)

// newSpec is a spec with a name that nothing has had before.
func (f Fixture) newSpec() dictumal.MachineSpec {
	return f.Spec(dictumal.MachineName(f.Installation, ulid.Make().String()))
}

// create makes a machine that is there for the rest of the test.
func (f Fixture) create(t *testing.T) dictumal.Machine {
	t.Helper()
	made, err := f.Provider.Create(t.Context(), f.newSpec())
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	f.until(t, "the machine can be inspected", func() bool {
		_, err := f.Provider.Inspect(t.Context(), made.ID)
		return err == nil
	})
	return made
}

func (f Fixture) await(t *testing.T, id string, want dictumal.Power) (machine dictumal.Machine) {
	t.Helper()
	f.until(t, "the machine is "+string(want), func() bool {
		var err error
		machine, err = f.Provider.Inspect(t.Context(), id)
		return err == nil && machine.Power == want
	})
	return machine
}

func (f Fixture) awaitGone(t *testing.T, id string) {
	t.Helper()
	f.until(t, "the machine is gone", func() bool {
		_, err := f.Provider.Inspect(t.Context(), id)
		return errors.Is(err, dictumal.ErrMachineNotFound)
	})
}

// hears waits until a name is among what a watcher has heard since the last time.
func (f Fixture) hears(t *testing.T, heard <-chan string, name string) {
	t.Helper()
	var others []string
	f.until(t, "the watcher hears of "+name, func() bool {
		for len(heard) > 0 {
			others = append(others, <-heard)
		}
		return slices.Contains(others, name)
	})
}

// until waits for a condition, and fails the test when it takes too long.
func (f Fixture) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	patience := f.Patience
	if patience == 0 {
		patience = 10 * time.Second
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited %v in vain until %s", patience, what)
		}
	}
}

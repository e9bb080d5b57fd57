// Package providertest holds what every provider must do, as a suite of tests,
// and a provider in memory that fails on demand.
package providertest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

// Fixture is a provider under test and the ways to act behind its back. Where a
// way is nil, what needs it is not tested.
type Fixture struct {
	Provider     dictumal.Provider
	Installation string
	// Spec is the spec of a machine that the provider can make.
	Spec func(name string) dictumal.MachineSpec
	// Foreign makes a machine of another installation that is on.
	Foreign func(t *testing.T) dictumal.Machine
	// Alive tells whether a machine really exists.
	Alive func(t *testing.T, id string) bool
	// PowerOff turns a machine off.
	PowerOff func(t *testing.T, id string)
	// Vanish removes a machine.
	Vanish func(t *testing.T, id string)
	// Exhaust lets the next create exceed a quota.
	Exhaust func(t *testing.T)
	// Patience is how long a change may take to show; zero: ten seconds.
	Patience time.Duration
}

// Exercise runs the suite. open gives a fresh fixture without machines.
func Exercise(t *testing.T, open func(t *testing.T) Fixture) {
	cases := []struct {
		name string
		run  func(t *testing.T, f Fixture)
	}{
		{"a machine that was created becomes active and has an address", createdBecomesActive},
		{"a machine is found by its name after the answer was lost", adoptedByName},
		{"a name that nothing has is found nowhere", foundNowhere},
		{"an unknown machine is not found", notFound},
		{"only machines of the installation are listed", listsOnlyOurs},
		{"a machine of another installation is neither inspected nor destroyed", foreignUntouched},
		{"a machine that was destroyed is gone, and destroying it again is no error", destroyedTwice},
		{"destroying what never was is no error", destroyedNever},
		{"a machine that is off is started, and starting it again is no error", startedTwice},
		{"a machine that vanished is not found", vanished},
		{"a machine beyond the quota is refused and not made", quotaRefused},
		{"the catalog holds its defaults", catalogHoldsDefaults},
		{"a watcher hears of a machine from its making to its end", watcherHears},
		{"the user-data is forgotten, and forgetting it again is no error", userDataForgotten},
		{"a call with a context that has ended fails", contextEnded},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// Private

func createdBecomesActive(t *testing.T, f Fixture) {
	spec := f.newSpec()
	made, err := f.Provider.Create(t.Context(), spec)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	if made.ID == "" || made.Name != spec.Name {
		t.Fatalf("created %+v, want an id and the name %s", made, spec.Name)
	}
	active := f.await(t, made.ID, dictumal.PowerActive)
	if active.Name != spec.Name || active.IP == "" || active.CreatedAt.IsZero() {
		t.Errorf("inspected %+v, want the name, an address and a time", active)
	}
}

func adoptedByName(t *testing.T, f Fixture) {
	made := f.create(t)
	found, err := f.Provider.Find(t.Context(), made.Name)
	if err != nil || len(found) != 1 || found[0].ID != made.ID {
		t.Errorf("found %+v and error %v, want the one that was made, %s", found, err, made.ID)
	}
}

func foundNowhere(t *testing.T, f Fixture) {
	f.create(t)
	if found, err := f.Provider.Find(t.Context(), f.newSpec().Name); err != nil || len(found) != 0 {
		t.Errorf("found %+v and error %v, want nothing", found, err)
	}
}

func notFound(t *testing.T, f Fixture) {
	unknown := f.newSpec().Name
	if _, err := f.Provider.Inspect(t.Context(), unknown); !errors.Is(err, dictumal.ErrMachineNotFound) {
		t.Errorf("inspect: error %v, want ErrMachineNotFound", err)
	}
	if err := f.Provider.Start(t.Context(), unknown); !errors.Is(err, dictumal.ErrMachineNotFound) {
		t.Errorf("start: error %v, want ErrMachineNotFound", err)
	}
}

func listsOnlyOurs(t *testing.T, f Fixture) {
	foreign := f.Foreign(t)
	want := []string{f.create(t).ID, f.create(t).ID}
	machines, err := f.Provider.List(t.Context())
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	var got []string
	for _, machine := range machines {
		got = append(got, machine.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v and not %s", got, want, foreign.ID)
	}
}

func foreignUntouched(t *testing.T, f Fixture) {
	foreign := f.Foreign(t)
	if found, err := f.Provider.Find(t.Context(), foreign.Name); err != nil || len(found) != 0 {
		t.Errorf("found %+v and error %v, want nothing", found, err)
	}
	if _, err := f.Provider.Inspect(t.Context(), foreign.ID); !errors.Is(err, dictumal.ErrMachineNotFound) {
		t.Errorf("inspect: error %v, want ErrMachineNotFound", err)
	}
	if err := f.Provider.Destroy(t.Context(), foreign.ID); err != nil {
		t.Errorf("destroy: %v", err)
	}
	if !f.Alive(t, foreign.ID) {
		t.Error("the machine of another installation is gone")
	}
}

func destroyedTwice(t *testing.T, f Fixture) {
	made := f.create(t)
	for range 2 {
		if err := f.Provider.Destroy(t.Context(), made.ID); err != nil {
			t.Fatalf("destroy: %v", err)
		}
	}
	f.awaitGone(t, made.ID)
	if machines, err := f.Provider.List(t.Context()); err != nil || len(machines) != 0 {
		t.Errorf("listed %+v and error %v, want nothing", machines, err)
	}
	if f.Alive(t, made.ID) {
		t.Error("the machine still exists")
	}
}

func destroyedNever(t *testing.T, f Fixture) {
	if err := f.Provider.Destroy(t.Context(), f.newSpec().Name); err != nil {
		t.Errorf("destroy: %v", err)
	}
}

func startedTwice(t *testing.T, f Fixture) {
	made := f.create(t)
	f.await(t, made.ID, dictumal.PowerActive)
	f.PowerOff(t, made.ID)
	f.await(t, made.ID, dictumal.PowerOff)
	for range 2 {
		if err := f.Provider.Start(t.Context(), made.ID); err != nil {
			t.Fatalf("start: %v", err)
		}
		f.await(t, made.ID, dictumal.PowerActive)
	}
}

func vanished(t *testing.T, f Fixture) {
	made := f.create(t)
	f.Vanish(t, made.ID)
	f.awaitGone(t, made.ID)
	if err := f.Provider.Destroy(t.Context(), made.ID); err != nil {
		t.Errorf("destroy: %v", err)
	}
}

func quotaRefused(t *testing.T, f Fixture) {
	f.create(t)
	f.Exhaust(t)
	spec := f.newSpec()
	_, err := f.Provider.Create(t.Context(), spec)
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok || refusal.Reason != dictumal.ReasonQuota {
		t.Fatalf("create: error %v, want a refusal for %s", err, dictumal.ReasonQuota)
	}
	if refusal.Message == "" || refusal.NextStep == "" {
		t.Errorf("refused with %+v, want a sentence and a next step", refusal)
	}
	if found, err := f.Provider.Find(t.Context(), spec.Name); err != nil || len(found) != 0 {
		t.Errorf("found %+v and error %v, want nothing", found, err)
	}
}

func catalogHoldsDefaults(t *testing.T, f Fixture) {
	catalog, err := f.Provider.Catalog(t.Context())
	if err != nil {
		t.Fatalf("catalog: %v", err)
	}
	size, ok := catalog.Size(catalog.DefaultSize)
	if !ok || !catalog.HasRegion(catalog.DefaultRegion) {
		t.Fatalf("the catalog %+v does not hold its defaults", catalog)
	}
	if !slices.Contains(size.Regions, catalog.DefaultRegion) || size.MemoryMB == 0 || size.VCPUs == 0 {
		t.Errorf("the default size is %+v, want it in the default region, with memory and processors", size)
	}
}

func watcherHears(t *testing.T, f Fixture) {
	watcher, ok := f.Provider.(dictumal.Watcher)
	if !ok {
		return // not every provider tells of changes
	}
	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(chan string, 1000), make(chan error, 1)
	go func() { ended <- watcher.Watch(ctx, func(name string) { heard <- name }) }()
	// A machine that is changed until it is heard of shows that the watch stands.
	first := f.create(t)
	f.until(t, "the watcher hears of a change", func() bool {
		f.PowerOff(t, first.ID)
		_ = f.Provider.Start(t.Context(), first.ID)
		return len(heard) > 0
	})
	second := f.create(t)
	f.hears(t, heard, second.Name)
	if err := f.Provider.Destroy(t.Context(), first.ID); err != nil {
		t.Fatalf("destroy: %v", err)
	}
	f.hears(t, heard, first.Name)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the watch ended with %v, want the context's error", err)
	}
}

func userDataForgotten(t *testing.T, f Fixture) {
	forgetter, ok := f.Provider.(dictumal.UserDataForgetter)
	if !ok {
		return // not every provider can
	}
	made := f.create(t)
	for range 2 {
		if err := forgetter.ForgetUserData(t.Context(), made.ID); err != nil {
			t.Errorf("forget: %v", err)
		}
	}
	if err := forgetter.ForgetUserData(t.Context(), f.newSpec().Name); !errors.Is(err, dictumal.ErrMachineNotFound) {
		t.Errorf("forget of an unknown machine: error %v, want ErrMachineNotFound", err)
	}
}

func contextEnded(t *testing.T, f Fixture) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Provider.List(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("list: error %v, want the context's", err)
	}
	if _, err := f.Provider.Create(ctx, f.newSpec()); !errors.Is(err, context.Canceled) {
		t.Errorf("create: error %v, want the context's", err)
	}
}

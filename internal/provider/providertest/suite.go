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
	t.Helper()
	cases := []struct {
		name string
		run  func(suite)
	}{
		{"a machine that was created becomes active and has an address", suite.createdBecomesActive},
		{"a machine is found by its name after the answer was lost", suite.adoptedByName},
		{"a name that nothing has is found nowhere", suite.foundNowhere},
		{"an unknown machine is not found", suite.notFound},
		{"only machines of the installation are listed", suite.listsOnlyOurs},
		{"a machine of another installation is neither inspected nor destroyed", suite.foreignUntouched},
		{"a machine that was destroyed is gone, and destroying it again is no error", suite.destroyedTwice},
		{"destroying what never was is no error", suite.destroyedNever},
		{"a machine that is off is started, and starting it again is no error", suite.startedTwice},
		{"a machine that vanished is not found", suite.vanished},
		{"a machine beyond the quota is refused and not made", suite.quotaRefused},
		{"the catalog holds its defaults", suite.catalogHoldsDefaults},
		{"a watcher hears of a machine from its making to its end", suite.watcherHears},
		{"the user-data is forgotten, and forgetting it again is no error", suite.userDataForgotten},
		{"a call with a context that has ended fails", suite.contextEnded},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) { test.run(suite{t, open(t)}) })
	}
}

// Private

func (s suite) createdBecomesActive() {
	spec := s.newSpec()
	made, err := s.Provider.Create(s.Context(), spec)
	if err != nil {
		s.Fatalf("create: %v", err)
	}
	if made.ID == "" || made.Name != spec.Name {
		s.Fatalf("created %+v, want an id and the name %s", made, spec.Name)
	}
	active := s.await(made.ID, dictumal.PowerActive)
	if active.Name != spec.Name || active.Size != spec.Size || active.IP == "" || active.CreatedAt.IsZero() {
		s.Errorf("inspected %+v, want the name, the size, an address and a time", active)
	}
}

func (s suite) adoptedByName() {
	made := s.create()
	found, err := s.Provider.Find(s.Context(), made.Name)
	if err != nil || len(found) != 1 || found[0].ID != made.ID {
		s.Errorf("found %+v and error %v, want the one that was made, %s", found, err, made.ID)
	}
}

func (s suite) foundNowhere() {
	s.create()
	if found, err := s.Provider.Find(s.Context(), s.newSpec().Name); err != nil || len(found) != 0 {
		s.Errorf("found %+v and error %v, want nothing", found, err)
	}
}

func (s suite) notFound() {
	unknown := s.newSpec().Name
	if _, err := s.Provider.Inspect(s.Context(), unknown); !errors.Is(err, dictumal.ErrMachineNotFound) {
		s.Errorf("inspect: error %v, want ErrMachineNotFound", err)
	}
	if err := s.Provider.Start(s.Context(), unknown); !errors.Is(err, dictumal.ErrMachineNotFound) {
		s.Errorf("start: error %v, want ErrMachineNotFound", err)
	}
}

func (s suite) listsOnlyOurs() {
	foreign := s.Foreign(s.T)
	want := []string{s.create().ID, s.create().ID}
	machines, err := s.Provider.List(s.Context())
	if err != nil {
		s.Fatalf("list: %v", err)
	}
	var got []string
	for _, machine := range machines {
		got = append(got, machine.ID)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.Errorf("listed %v, want %v and not %s", got, want, foreign.ID)
	}
}

func (s suite) foreignUntouched() {
	foreign := s.Foreign(s.T)
	if found, err := s.Provider.Find(s.Context(), foreign.Name); err != nil || len(found) != 0 {
		s.Errorf("found %+v and error %v, want nothing", found, err)
	}
	if _, err := s.Provider.Inspect(s.Context(), foreign.ID); !errors.Is(err, dictumal.ErrMachineNotFound) {
		s.Errorf("inspect: error %v, want ErrMachineNotFound", err)
	}
	if err := s.Provider.Destroy(s.Context(), foreign.ID); err != nil {
		s.Errorf("destroy: %v", err)
	}
	if !s.Alive(s.T, foreign.ID) {
		s.Error("the machine of another installation is gone")
	}
}

func (s suite) destroyedTwice() {
	made := s.create()
	for range 2 {
		if err := s.Provider.Destroy(s.Context(), made.ID); err != nil {
			s.Fatalf("destroy: %v", err)
		}
	}
	s.awaitGone(made.ID)
	if machines, err := s.Provider.List(s.Context()); err != nil || len(machines) != 0 {
		s.Errorf("listed %+v and error %v, want nothing", machines, err)
	}
	if s.Alive(s.T, made.ID) {
		s.Error("the machine still exists")
	}
}

func (s suite) destroyedNever() {
	if err := s.Provider.Destroy(s.Context(), s.newSpec().Name); err != nil {
		s.Errorf("destroy: %v", err)
	}
}

func (s suite) startedTwice() {
	made := s.create()
	s.await(made.ID, dictumal.PowerActive)
	s.PowerOff(s.T, made.ID)
	s.await(made.ID, dictumal.PowerOff)
	for range 2 {
		if err := s.Provider.Start(s.Context(), made.ID); err != nil {
			s.Fatalf("start: %v", err)
		}
		s.await(made.ID, dictumal.PowerActive)
	}
}

func (s suite) vanished() {
	made := s.create()
	s.Vanish(s.T, made.ID)
	s.awaitGone(made.ID)
	if err := s.Provider.Destroy(s.Context(), made.ID); err != nil {
		s.Errorf("destroy: %v", err)
	}
}

func (s suite) quotaRefused() {
	s.create()
	s.Exhaust(s.T)
	spec := s.newSpec()
	_, err := s.Provider.Create(s.Context(), spec)
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok || refusal.Reason != dictumal.ReasonQuota {
		s.Fatalf("create: error %v, want a refusal for %s", err, dictumal.ReasonQuota)
	}
	if refusal.Message == "" || refusal.NextStep == "" {
		s.Errorf("refused with %+v, want a sentence and a next step", refusal)
	}
	if found, err := s.Provider.Find(s.Context(), spec.Name); err != nil || len(found) != 0 {
		s.Errorf("found %+v and error %v, want nothing", found, err)
	}
}

func (s suite) catalogHoldsDefaults() {
	catalog, err := s.Provider.Catalog(s.Context())
	if err != nil {
		s.Fatalf("catalog: %v", err)
	}
	size, ok := catalog.Size(catalog.DefaultSize)
	if !ok || !catalog.HasRegion(catalog.DefaultRegion) {
		s.Fatalf("the catalog %+v does not hold its defaults", catalog)
	}
	if !slices.Contains(size.Regions, catalog.DefaultRegion) || size.MemoryMB == 0 || size.VCPUs == 0 {
		s.Errorf("the default size is %+v, want it in the default region, with memory and processors", size)
	}
}

func (s suite) watcherHears() {
	watcher, ok := s.Provider.(dictumal.Watcher)
	if !ok {
		return // not every provider tells of changes
	}
	ctx, cancel := context.WithCancel(s.Context())
	heard, ended := make(chan string, 1000), make(chan error, 1)
	go func() { ended <- watcher.Watch(ctx, func(name string) { heard <- name }) }()
	// A machine that is changed until it is heard of shows that the watch stands.
	first := s.create()
	s.until("the watcher hears of a change", func() bool {
		s.PowerOff(s.T, first.ID)
		_ = s.Provider.Start(s.Context(), first.ID)
		return len(heard) > 0
	})
	second := s.create()
	s.hears(heard, second.Name)
	if err := s.Provider.Destroy(s.Context(), first.ID); err != nil {
		s.Fatalf("destroy: %v", err)
	}
	s.hears(heard, first.Name)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.Errorf("the watch ended with %v, want the context's error", err)
	}
}

func (s suite) userDataForgotten() {
	forgetter, ok := s.Provider.(dictumal.UserDataForgetter)
	if !ok {
		return // not every provider can
	}
	made := s.create()
	for range 2 {
		if err := forgetter.ForgetUserData(s.Context(), made.ID); err != nil {
			s.Errorf("forget: %v", err)
		}
	}
	if err := forgetter.ForgetUserData(s.Context(), s.newSpec().Name); !errors.Is(err, dictumal.ErrMachineNotFound) {
		s.Errorf("forget of an unknown machine: error %v, want ErrMachineNotFound", err)
	}
}

func (s suite) contextEnded() {
	ctx, cancel := context.WithCancel(s.Context())
	cancel()
	if _, err := s.Provider.List(ctx); !errors.Is(err, context.Canceled) {
		s.Errorf("list: error %v, want the context's", err)
	}
	if _, err := s.Provider.Create(ctx, s.newSpec()); !errors.Is(err, context.Canceled) {
		s.Errorf("create: error %v, want the context's", err)
	}
}

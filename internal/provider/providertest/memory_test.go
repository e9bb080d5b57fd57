package providertest_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
)

const attempt = "01j00000000000000000000000"

func TestMemoryIsAProvider(t *testing.T) {
	providertest.Exercise(t, func(*testing.T) providertest.Fixture {
		memory := providertest.NewMemory("here", providertest.Behaviour{Boot: 30 * time.Millisecond})
		return providertest.Fixture{
			Provider:     memory,
			Installation: "here",
			Spec:         spec,
			Foreign: func(*testing.T) dictumal.Machine {
				return memory.Add(dictumal.MachineName("elsewhere", attempt))
			},
			Alive: func(_ *testing.T, id string) bool {
				for _, machine := range memory.Machines() {
					if machine.ID == id {
						return true
					}
				}
				return false
			},
			PowerOff: func(_ *testing.T, id string) { memory.PowerOff(id) },
			Vanish:   func(_ *testing.T, id string) { memory.Vanish(id) },
			Exhaust:  func(*testing.T) { memory.SetQuota(1) },
		}
	})
}

func TestMemoryFailsAsItIsTold(t *testing.T) {
	lost := errors.New("connection lost")
	cases := []struct {
		name  string
		fault providertest.Fault
		made  int
	}{
		{"a fault before the effect makes nothing", providertest.Fault{Err: lost}, 0},
		{"a lost answer has made the machine", providertest.Fault{Err: lost, Done: true}, 1},
		{"an order may be carried out twice", providertest.Fault{Err: lost, Done: true, Twice: true}, 2},
		{"a call that outlives its context makes nothing", providertest.Fault{Delay: time.Hour}, 0},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				memory := providertest.NewMemory("here", providertest.Behaviour{})
				memory.Fail(providertest.CallCreate, test.fault)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				name := dictumal.MachineName("here", attempt)
				if _, err := memory.Create(ctx, spec(name)); err == nil {
					t.Error("the create succeeded, want an error")
				}
				if found, err := memory.Find(t.Context(), name); err != nil || len(found) != test.made {
					t.Errorf("found %v and error %v, want %d machines", found, err, test.made)
				}
			})
		})
	}
}

func TestMemoryTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := providertest.NewMemory("here", providertest.Behaviour{
			Boot: 4 * time.Second, Address: 6 * time.Second, Appear: 2 * time.Second, Linger: 3 * time.Second,
		})
		made, err := memory.Create(t.Context(), spec(dictumal.MachineName("here", attempt)))
		if err != nil {
			t.Fatalf("create: %v", err)
		}
		steps := []struct {
			after time.Duration
			want  string
		}{
			{time.Second, "missing"}, {2 * time.Second, "new"}, {2 * time.Second, "active"}, {2 * time.Second, "active 192.0.2.2"},
		}
		for _, step := range steps {
			time.Sleep(step.after)
			if got := describe(t, memory, made.ID); got != step.want {
				t.Errorf("the machine is %q, want %q", got, step.want)
			}
		}
		if err := memory.Destroy(t.Context(), made.ID); err != nil {
			t.Fatalf("destroy: %v", err)
		}
		if got := describe(t, memory, made.ID); got != "active 192.0.2.2" {
			t.Errorf("right after destroy the machine is %q, want it to linger", got)
		}
		time.Sleep(3 * time.Second)
		if got := describe(t, memory, made.ID); got != "missing" {
			t.Errorf("the machine is %q, want it to be gone", got)
		}
	})
}

func TestWatchersHearOfWhatTimeBrings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := providertest.NewMemory("here", providertest.Behaviour{Boot: time.Minute})
		var heard atomic.Int32
		ended := make(chan error, 1)
		go func() { ended <- memory.Watch(t.Context(), func(string) { heard.Add(1) }) }()
		synctest.Wait()
		if _, err := memory.Create(t.Context(), spec(dictumal.MachineName("here", attempt))); err != nil {
			t.Fatalf("create: %v", err)
		}
		synctest.Wait()
		before := heard.Load()
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := heard.Load() - before; got != 1 {
			t.Errorf("heard of %d changes by the boot, want 1", got)
		}
		memory.BreakWatch()
		if err := <-ended; !errors.Is(err, providertest.ErrWatchBroken) {
			t.Errorf("the watch ended with %v, want ErrWatchBroken", err)
		}
	})
}

func spec(name string) dictumal.MachineSpec {
	return dictumal.MachineSpec{Name: name, Deployment: "d", Region: "here", Size: "small", Stream: dictumal.Native, UserData: "#cloud-config\n{}"}
}

func describe(t *testing.T, memory *providertest.Memory, id string) string {
	t.Helper()
	machine, err := memory.Inspect(t.Context(), id)
	if errors.Is(err, dictumal.ErrMachineNotFound) {
		return "missing"
	}
	if err != nil {
		t.Fatalf("inspect: %v", err)
	}
	if machine.IP == "" {
		return string(machine.Power)
	}
	return string(machine.Power) + " " + machine.IP
}

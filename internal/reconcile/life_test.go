package reconcile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

func TestADeploymentComesUpAndIsTornDown(t *testing.T) {
	inWorld(t, providertest.Behaviour{Boot: time.Second, Address: 2 * time.Second}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		row := w.reaches(id, dictumal.Active, time.Minute)
		if took := row.ActiveAt.Sub(row.CreatedAt); took > 8*time.Second {
			w.Errorf("took %s to be active, want little more than the boot", took)
		}
		if row.HostKey != "" || row.HostPublic == "" || row.ClientKey == "" {
			w.Error("an active machine needs its client key and pinned host key, and no private host key")
		}
		w.until(id, time.Minute, "the user-data forgotten", func(row store.Row) bool {
			return w.provider.UserData(row.MachineID) == ""
		})
		w.destroy(id)
		row = w.reaches(id, dictumal.Destroyed, time.Minute)
		if w.machines() != 0 || row.ClientKey != "" || !w.prober.forgotten[id] {
			w.Errorf("%d machines, client key %q, forgotten %v; want nothing left", w.machines(), row.ClientKey, w.prober.forgotten[id])
		}
		if diff := cmp.Diff(wholeStory, w.story(id)); diff != "" {
			w.Error(diff)
		}
	})
}

const wholeStory = `status PROVISIONING Deployment ordered.
progress provisioning-droplet Creating the machine
note  Asked memory for the machine machine-1.
progress waiting-for-ip Waiting for an address
progress installing-packages Installing packages
note  The machine is up and has the address 192.0.2.2.
status CONFIGURING The machine is being configured.
progress starting-desktop Starting the desktop
progress securing-stream Securing the stream
progress final-health-check Final health check
progress active Active
status ACTIVE The desktop is ready.
status DESTROYING Destroyed by its owner.
note  Asked memory to remove the machine machine-1.
status DESTROYED Destroy confirmed: memory no longer lists the machine.
`

func TestStagesThatPassWithinOneStepAreAllTold(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		w.prober.shows = func(time.Duration) (machine.Report, error) {
			return machine.Report{SSH: true, VNC: true, Greeting: true, Framebuffer: true, Desktop: true, Bootstrap: "done"}, nil
		}
		defer w.run()()
		id := w.deploy()
		w.reaches(id, dictumal.Active, time.Minute)
		var got []dictumal.Stage
		entries, err := w.store.Timeline(w.Context(), id)
		w.must(err)
		for _, e := range entries {
			if e.Kind == dictumal.EventProgress {
				got = append(got, e.Stage)
			}
		}
		if diff := cmp.Diff(dictumal.Stages(dictumal.Native), got); diff != "" {
			w.Error(diff)
		}
	})
}

func TestEveryStatusCanBeDestroyed(t *testing.T) {
	never := func(time.Duration) (machine.Report, error) { return machine.Report{}, nil }
	failing := func(time.Duration) (machine.Report, error) { return machine.Report{}, machine.ErrHostKeyChanged }
	for name, at := range map[string]struct {
		status    dictumal.Status
		behaviour providertest.Behaviour
		shows     func(time.Duration) (machine.Report, error)
	}{
		"while the machine is made":       {dictumal.Provisioning, providertest.Behaviour{Boot: time.Hour}, boots},
		"while it is configured":          {dictumal.Configuring, providertest.Behaviour{}, never},
		"while it is used":                {dictumal.Active, providertest.Behaviour{}, boots},
		"after an error":                  {dictumal.Errored, providertest.Behaviour{}, failing},
		"from a cloud that is slow":       {dictumal.Active, providertest.Behaviour{Traits: cloud, Appear: 20 * time.Second, Linger: 40 * time.Second}, boots},
		"from a cloud, before it shows":   {dictumal.Provisioning, providertest.Behaviour{Traits: cloud, Appear: time.Minute, Boot: time.Hour}, boots},
		"before a truthful one has shown": {dictumal.Provisioning, providertest.Behaviour{Appear: 30 * time.Second, Boot: time.Hour}, boots},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, at.behaviour, func(w *world) {
				w.prober.shows = at.shows
				defer w.run()()
				id := w.deploy()
				w.until(id, time.Minute, "a machine", func(row store.Row) bool {
					return row.Status == at.status && w.machines() == 1
				})
				w.destroy(id)
				w.reaches(id, dictumal.Destroyed, 4*time.Minute)
				if w.machines() != 0 {
					w.Error("the row says DESTROYED and the machine is there")
				}
			})
		})
	}
}

func TestADeploymentWithoutAMachineIsDestroyedAtOnce(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		id := w.deploy()
		w.destroy(id)
		defer w.run()()
		w.reaches(id, dictumal.Destroyed, time.Second)
		if calls := w.provider.Calls(providertest.CallCreate); calls != 0 {
			w.Errorf("%d machines were ordered for it", calls)
		}
	})
}

func TestALifetimeThatIsOverRemovesTheMachine(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deploy(func(row *store.Row) {
			row.Policy.Lifetime.TTL = time.Hour
			row.ExpiresAt = row.CreatedAt.Add(time.Hour)
		})
		w.reaches(id, dictumal.Active, time.Minute)
		row := w.reaches(id, dictumal.Destroyed, 2*time.Hour)
		if late := row.DestroyedAt.Sub(row.ExpiresAt); late < 0 || late > 10*time.Second {
			w.Errorf("destroyed %s after the end", late)
		}
		w.mentions(id, "1 hour", "lifetime.ttl")
	})
}

func TestAMachineThatGoesOffIsStartedAgain(t *testing.T) {
	inWorld(t, providertest.Behaviour{}, func(w *world) {
		defer w.run()()
		id := w.deploy()
		row := w.reaches(id, dictumal.Active, time.Minute)
		for range 2 { // the second time is no less an accident than the first
			w.provider.PowerOff(row.MachineID)
			w.until(id, time.Minute, "a started machine", func(row store.Row) bool {
				return !row.StartSentAt.IsZero() && w.provider.Machines()[0].Power == dictumal.PowerActive
			})
			time.Sleep(10 * time.Minute)
			if row := w.row(id); row.Status != dictumal.Active {
				w.Errorf("status = %s, want ACTIVE", row.Status)
			}
		}
	})
}

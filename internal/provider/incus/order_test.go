package incus

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
	"github.com/dictumal/dictumal/internal/incustest"
)

func TestAnOrderIsWalledIn(t *testing.T) {
	provider := New(Config{Installation: "here"})
	nic := isolation.NIC("bridge", true)
	for stream, nesting := range map[dictumal.Stream]string{dictumal.Native: "", dictumal.Guacamole: "true"} {
		order := provider.order(dictumal.MachineSpec{Stream: stream}, size{2, 4}, nic, netip.MustParseAddr("192.0.2.1"))
		if got := order.Config["security.nesting"]; got != nesting {
			t.Errorf("nesting for %s is %q, want %q", stream, got, nesting)
		}
		if got := order.Devices["eth0"]; !isolation.Isolated(isolation.Profile(), got) || got["security.ipv4_filtering"] != "true" {
			t.Errorf("the network device is %v, want the profile's isolation kept", got)
		}
		if order.Config["limits.cpu"] != "2" || order.Config["limits.memory"] != "4GiB" {
			t.Errorf("the limits are %v, want those of the size", order.Config)
		}
	}
}

func TestAMachineReadsItsUserDataAndIncusForgetsIt(t *testing.T) {
	client := incustest.Client(t)
	own := project(t, client)
	provider := open(own, incustest.Image(t, client))
	place, err := provider.prepare(t.Context())
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
	machine := inhabit(t, own, provider, place.subnet)
	if got := stored(t, own, machine.name).Config[keyUserData]; !strings.HasPrefix(got, "#cloud-config") {
		t.Fatalf("Incus has the user-data %q, want it there at first", got)
	}
	if err := provider.ForgetUserData(t.Context(), machine.name); err != nil {
		t.Fatalf("forget: %v", err)
	}
	after := stored(t, own, machine.name)
	if got, kept := after.ExpandedConfig[keyUserData]; kept {
		t.Errorf("Incus still has the user-data %q", got)
	}
	if after.Config[keyInstallation] != "here" || after.ExpandedDevices["eth0"]["ipv4.address"] != machine.ip {
		t.Errorf("more than the user-data was forgotten: %v", after.Config)
	}
	if said, err := machine.probe(t, "read", "/etc/user-data"); err != nil || !strings.HasPrefix(said, "#cloud-config") {
		t.Errorf("the machine has %q and error %v, want its user-data", said, err)
	}
}

func TestAnAddressThatAnotherMachineHasIsToldApart(t *testing.T) {
	client := incustest.Client(t)
	image := incustest.Image(t, client)
	first, second := project(t, client), project(t, client)
	made, err := open(first, image).Create(t.Context(), spec(dictumal.MachineName("here", "01j00000000000000000000000")))
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	for name, own := range map[string]room{"the same project": first, "another project": second} {
		t.Run("in "+name, func(t *testing.T) {
			provider := open(own, image)
			place, err := provider.prepare(t.Context())
			if err != nil {
				t.Fatalf("prepare: %v", err)
			}
			other := spec(dictumal.MachineName("here", "01j11111111111111111111111"))
			order := provider.order(other, size{1, 1}, place.nic, netip.MustParseAddr(made.IP))
			_, err = provider.place(t.Context(), order)
			if !addressTaken(err) {
				t.Errorf("the second machine at %s got the error %v, want to be told", made.IP, err)
			}
			if left, err := provider.Find(t.Context(), other.Name); err != nil || len(left) != 0 {
				t.Errorf("left over are %v and error %v, want nothing", left, err)
			}
		})
	}
}

func TestANameThatIsTakenIsNoRefusalAndHarmsNobody(t *testing.T) {
	client := incustest.Client(t)
	own := project(t, client)
	provider := open(own, incustest.Image(t, client))
	order := spec(dictumal.MachineName("here", "01j00000000000000000000000"))
	made, err := provider.Create(t.Context(), order)
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	_, err = provider.Create(t.Context(), order)
	if _, refused := errors.AsType[*dictumal.Refusal](err); refused || err == nil {
		t.Errorf("the second create got the error %v, want one that is no refusal", err)
	}
	if machine, err := provider.Inspect(t.Context(), made.ID); err != nil || machine.Power != dictumal.PowerActive || machine.IP != made.IP {
		t.Errorf("the first machine is %+v and error %v, want it as it was", machine, err)
	}
}

// Private

func stored(t *testing.T, own room, name string) incus.Instance {
	t.Helper()
	instance, err := own.client.Instance(t.Context(), name)
	if err != nil {
		t.Fatalf("get %s: %v", name, err)
	}
	return instance
}

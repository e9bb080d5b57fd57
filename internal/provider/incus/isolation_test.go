package incus

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus/isolation"
	"github.com/dictumal/dictumal/internal/incustest"
)

func TestAMachineReachesOnlyTheInternet(t *testing.T) {
	client := incustest.Client(t)
	own := project(t, client)
	provider := open(own, incustest.Image(t, client))
	place, err := provider.prepare(t.Context())
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
	gateway := place.subnet.Addr().Next()
	machine, neighbour := inhabit(t, own, provider, place.subnet), inhabit(t, own, provider, place.subnet)
	lan := newLAN(t)
	hostPort := listen(t)

	t.Run("the host reaches the machine", func(t *testing.T) {
		awaitService(t, machine.ip+":22")
	})
	reached := []struct {
		name, target string
		open         bool
	}{
		{"the internet is open", lan.internet + ":8080", true},
		{"the neighbour's SSH is refused", neighbour.ip + ":22", false},
		{"a service on the bridge is refused", fmt.Sprintf("%s:%d", gateway, hostPort), false},
		{"a service on another address of the host is refused", fmt.Sprintf("%s:%d", lan.host, hostPort), false},
		{"the local network is refused", lan.private + ":8080", false},
		{"carrier-grade addresses are refused", lan.carrier + ":8080", false},
		{"metadata addresses are refused", lan.metadata + ":8080", false},
	}
	for _, test := range reached {
		t.Run(test.name, func(t *testing.T) {
			said, err := machine.probe(t, "dial", "tcp", test.target)
			if opened := err == nil; opened != test.open {
				t.Errorf("dial %s: open is %v, want %v (%s)", test.target, opened, test.open, said)
			}
		})
	}
	t.Run("a service on the bridge's own IPv6 address is refused", func(t *testing.T) {
		if address, ok := linkLocal(t, place.nic["network"]); ok {
			target := fmt.Sprintf("[%s%%eth0]:%d", address, hostPort)
			if _, err := machine.probe(t, "dial", "tcp6", target); err == nil {
				t.Errorf("dial %s: open, want it refused", target)
			}
		}
	})
	t.Run("names are answered on the bridge", func(t *testing.T) {
		said, err := machine.probe(t, "resolve", gateway.String(), "nothing.invalid")
		if err == nil || !strings.Contains(said, "no such host") {
			t.Errorf("resolve: %q and error %v, want to be told that there is no such host", said, err)
		}
	})
	t.Run("another address than its own is of no use to it", func(t *testing.T) {
		if err := isolation.FrameFilter(t.Context()); err != nil {
			t.Skipf("This kernel cannot filter bridged frames: %v", err)
		}
		other := netip.PrefixFrom(netip.MustParseAddr(neighbour.ip).Next(), place.subnet.Bits())
		if said, err := machine.probe(t, "address", other.String()); err != nil {
			t.Fatalf("take another address: %v: %s", err, said)
		}
		if _, err := machine.probe(t, "dial", "tcp", lan.internet+":8080", other.Addr().String()); err == nil {
			t.Error("the internet is open from a forged address")
		}
	})
	t.Run("machines share no user ids with the host or each other", func(t *testing.T) {
		first, _ := machine.probe(t, "read", "/proc/self/uid_map")
		second, _ := neighbour.probe(t, "read", "/proc/self/uid_map")
		if first == "" || first == second || strings.Fields(first)[1] == "0" {
			t.Errorf("the user ids are mapped as %q and %q", first, second)
		}
	})
	t.Run("the guest API is not there", func(t *testing.T) {
		if _, err := machine.probe(t, "read", "/dev/incus/sock"); err == nil {
			t.Error("/dev/incus/sock can be read")
		}
	})
}

// Private

// inhabitant is a machine that tests look out from.
type inhabitant struct {
	own  room
	name string
	ip   string
}

func inhabit(t *testing.T, own room, provider *Provider, subnet netip.Prefix) inhabitant {
	t.Helper()
	made, err := provider.Create(t.Context(), spec(dictumal.MachineName("here", ulid.Make().String())))
	if err != nil {
		t.Fatalf("create: %v", err)
	}
	machine := inhabitant{own, made.ID, made.IP}
	own4 := netip.PrefixFrom(netip.MustParseAddr(made.IP), subnet.Bits())
	if said, err := machine.probe(t, "network", own4.String(), subnet.Addr().Next().String()); err != nil {
		t.Fatalf("configure the machine's network: %v: %s", err, said)
	}
	return machine
}

// probe runs the program tiny inside the machine.
func (i inhabitant) probe(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	result, err := i.own.client.Exec(t.Context(), i.name, append([]string{"/sbin/init"}, arguments...)...)
	if err != nil {
		t.Fatalf("run %v: %v", arguments, err)
	}
	if result.Code != 0 {
		err = fmt.Errorf("exit code %d", result.Code)
	}
	return result.Stdout + result.Stderr, err
}

// listen opens a service on every address of the host.
func listen(t *testing.T) int {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

func linkLocal(t *testing.T, device string) (string, bool) {
	t.Helper()
	link, err := net.InterfaceByName(device)
	if err != nil {
		t.Fatalf("look at %s: %v", device, err)
	}
	addresses, err := link.Addrs()
	if err != nil {
		t.Fatalf("look at %s: %v", device, err)
	}
	for _, address := range addresses {
		if ip := address.(*net.IPNet).IP; ip.To4() == nil && ip.IsLinkLocalUnicast() {
			return ip.String(), true
		}
	}
	return "", false
}

package incus

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

func TestTheCatalogIsWhatTheHostCanHold(t *testing.T) {
	cases := []struct {
		name      string
		cpus      int
		memory    int64
		slugs     []string
		preferred string
	}{
		{"a small host", 1, 2 << 30, []string{"s-1vcpu-1gb", "s-1vcpu-2gb"}, "s-1vcpu-1gb"},
		{"a host that is too small offers the smallest", 1, 900 << 20, []string{"s-1vcpu-1gb"}, "s-1vcpu-1gb"},
		{"a laptop", 4, 16 << 30, []string{"s-1vcpu-1gb", "s-1vcpu-2gb", "s-2vcpu-2gb", "s-2vcpu-4gb", "s-4vcpu-8gb"}, "s-2vcpu-4gb"},
		{"much memory and few processors", 2, 24 << 30, []string{"s-1vcpu-1gb", "s-1vcpu-2gb", "s-2vcpu-2gb", "s-2vcpu-4gb"}, "s-2vcpu-4gb"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			offer := catalog(test.cpus, test.memory)
			var slugs []string
			for _, size := range offer.Sizes {
				slugs = append(slugs, size.Slug)
				if size.PricePerHour != 0 {
					t.Errorf("%s costs %v, want nothing", size.Slug, size.PricePerHour)
				}
			}
			if difference := cmp.Diff(test.slugs, slugs); difference != "" {
				t.Errorf("sizes differ:\n%s", difference)
			}
			if offer.DefaultSize != test.preferred {
				t.Errorf("the default is %s, want %s", offer.DefaultSize, test.preferred)
			}
		})
	}
}

func TestEveryAddressIsGivenOnce(t *testing.T) {
	var pool addresses
	subnet := netip.MustParsePrefix("192.0.2.0/27")
	taken := []netip.Addr{netip.MustParseAddr("192.0.2.15")}
	given := map[netip.Addr]bool{}
	for range 20 { // 32 without ten at the start, the last and the taken one
		address, err := pool.take(subnet, taken)
		if err != nil {
			t.Fatalf("take the address number %d: %v", len(given)+1, err)
		}
		if given[address] || address == taken[0] || !subnet.Contains(address) {
			t.Fatalf("was given %v, which is taken or outside", address)
		}
		given[address] = true
	}
	_, err := pool.take(subnet, taken)
	if got := reason(t, err); got != dictumal.ReasonNoRoom {
		t.Errorf("one too many gives %q, want %q", got, dictumal.ReasonNoRoom)
	}
	for address := range given {
		pool.give(address)
		if _, err := pool.take(subnet, taken); err != nil {
			t.Errorf("an address that was given back is not free: %v", err)
		}
		break
	}
}

func TestAMachinesSizeIsReadFromItsLimits(t *testing.T) {
	for _, test := range []struct{ name, cpu, memory, want string }{
		{"as it was ordered", "2", "4GiB", "s-2vcpu-4gb"},
		{"with limits that somebody changed", "3", "4GiB", ""},
		{"without limits", "", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			instance := incus.Instance{ExpandedConfig: map[string]string{"limits.cpu": test.cpu, "limits.memory": test.memory}}
			if got := machine(instance).Size; got != test.want {
				t.Errorf("the size is %q, want %q", got, test.want)
			}
		})
	}
}

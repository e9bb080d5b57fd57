package host

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheMirrorIsTheOneThatTheHostUses(t *testing.T) {
	cases := []struct{ name, sources, want string }{
		{"a file of today", "Types: deb\nURIs: http://mirror.example.org/debian\nSuites: bookworm\n", "http://mirror.example.org/debian"},
		{"a line of old", "deb http://mirror.example.org/debian/ bookworm main\n", "http://mirror.example.org/debian"},
		{"a line with options", "deb [arch=amd64] https://m.example.org/debian bookworm main\n", "https://m.example.org/debian"},
		{"a line that is switched off", "# deb http://mirror.example.org/debian bookworm main\n", ""},
		{"the security archive is another", "deb http://m.example.org/debian-security bookworm-security main\n", ""},
		{"nothing", "", ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			if got, ok := mirror(test.sources); got != test.want || ok != (test.want != "") {
				t.Errorf("the mirror is %q, %v, want %q", got, ok, test.want)
			}
		})
	}
}

func TestOnlyIncusComesFromBackports(t *testing.T) {
	got := fromBackports([]string{"incus-base", "nftables"})
	if difference := cmp.Diff([]string{"incus-base/bookworm-backports", "nftables"}, got); difference != "" {
		t.Error(difference)
	}
}

func TestIncusIsCalledAsTheDistributionCallsIt(t *testing.T) {
	for text, want := range map[string]string{
		"ID=debian\nVERSION_CODENAME=trixie\n":  "incus-base",
		"ID=ubuntu\nVERSION_CODENAME=\"noble\"": "incus",
		"":                                      "incus-base",
	} {
		if got := neededPackages(parseRelease(text))[0]; got != want {
			t.Errorf("on %q the package is %s, want %s", text, got, want)
		}
	}
}

func TestAllPackageSourcesAreRead(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"sources.list": "one", "sources.list.d/a.list": "two", "sources.list.d/b.sources": "three", "sources.list.d/c.disabled": "four",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatalf("make a folder: %v", err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	if got, err := readSources(folder); err != nil || got != "two\nthree\none\n" {
		t.Errorf("read %q and error %v", got, err)
	}
}

func TestRoutesAndResolversTakeTheirSubnets(t *testing.T) {
	routes := parseRoutes("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n" +
		"eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n" +
		"eth0\t00004D0A\t00000000\t0001\t0\t0\t0\t00FCFFFF\t0\t0\t0\n")
	resolvers := parseResolvers("search example.org\nnameserver 10.77.4.53\nnameserver fd00::1 # home\nnameserver\n")
	want := prefixes("10.77.0.0/22", "10.77.4.53/32", "fd00::1/128")
	if difference := cmp.Diff(want, append(routes, resolvers...), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); difference != "" {
		t.Error(difference)
	}
}

func TestTheSubnetOverlapsWithNothing(t *testing.T) {
	cases := []struct {
		name string
		used []netip.Prefix
		want string
	}{
		{"a free host", nil, "10.77.0.0/22"},
		{"a route inside it", prefixes("10.77.2.0/24"), "10.77.64.0/22"},
		{"a route around it", prefixes("10.64.0.0/12"), "10.80.0.0/22"},
		{"a name server inside it", prefixes("10.77.0.53/32"), "10.77.64.0/22"},
		{"IPv6 is no matter", prefixes("fd00::/8"), "10.77.0.0/22"},
		{"all of it in use", prefixes("10.0.0.0/8"), "invalid Prefix"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got, ok := freeSubnet(test.used)
			if got.String() != test.want || ok != got.IsValid() {
				t.Errorf("chose %v (%v), want %s", got, ok, test.want)
			}
		})
	}
}

func TestRootGetsARangeOfUserIDsOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "subuid")
	for range 2 {
		if err := ensureRange(path); err != nil {
			t.Fatalf("ensure: %v", err)
		}
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "root:1000000:1000000000\n" {
		t.Errorf("the file holds %q and error %v", text, err)
	}
	if got := firstFree("ann:100000:65536\nbob:1500000:65536\nbroken\n"); got != 1565536 {
		t.Errorf("the first free user id is %d, want the one behind bob's", got)
	}
	if hasRange("toor:1:2\nuser:1:2\n") {
		t.Error("others' ranges count as root's")
	}
}

// Private

func prefixes(texts ...string) []netip.Prefix {
	var parsed []netip.Prefix
	for _, text := range texts {
		parsed = append(parsed, netip.MustParsePrefix(text))
	}
	return parsed
}

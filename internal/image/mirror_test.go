package image

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSources(t *testing.T) {
	tests := map[string]struct {
		targets string
		want    []string
	}{
		"the host's own release with its updates": {
			"http://mirror.example/debian/ bookworm main\nhttp://mirror.example/debian/ bookworm-updates main\n" +
				"http://mirror.example/security/ bookworm-security main\n",
			[]string{
				"deb http://mirror.example/debian/ bookworm main",
				"deb http://mirror.example/debian/ bookworm-updates main",
				"deb http://mirror.example/security/ bookworm-security main",
			},
		},
		"a newer host's mirrors serve our release": {
			"http://mirror.example/debian/ trixie main\n",
			[]string{"deb http://mirror.example/debian/ bookworm main"},
		},
		"other components and backports are left out": {
			"http://mirror.example/debian/ bookworm contrib\nhttp://mirror.example/debian/ bookworm main\n" +
				"http://mirror.example/debian/ bookworm-backports main\n",
			[]string{"deb http://mirror.example/debian/ bookworm main"},
		},
		"another distribution's mirrors do not serve it": {
			"http://mirror.example/ubuntu/ noble main\nhttps://vendor.example/apt stable main\n", nil,
		},
		"a mirror of updates alone is none": {"http://mirror.example/debian/ bookworm-updates main\n", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, sources(test.targets, debian())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourcesOfAnotherDistribution(t *testing.T) {
	targets := "http://mirror.example/ubuntu/ noble main\nhttp://mirror.example/ubuntu/ noble universe\n" +
		"http://mirror.example/debian/ bookworm main\n"
	want := []string{"deb http://mirror.example/ubuntu/ noble main universe"}
	if diff := cmp.Diff(want, sources(targets, ubuntu())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTransportKeepsProxiesAndCertificatesOnly(t *testing.T) {
	settings := `APT "";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::https::Proxy "";
Acquire::https::CAInfo "/etc/ssl/own.pem";
Acquire::Languages "none";
DPkg::Post-Invoke:: "rm -f /x";
`
	want := []string{`Acquire::http::Proxy "http://proxy.example:3128";`, `Acquire::https::CAInfo "/etc/ssl/own.pem";`}
	if diff := cmp.Diff(want, transport(settings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

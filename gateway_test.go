package dictumal_test

import (
	"testing"

	"github.com/dictumal/dictumal"
)

func TestTheGatewayHostLeadsToADeployment(t *testing.T) {
	for _, test := range []struct {
		host, of, name string
		own            bool
	}{
		{"", "", "", false},
		{"stream.example.org", "stream.example.org", "stream.example.org", false},
		{"stream.example.org:8443", "stream.example.org:8443", "stream.example.org", false},
		{"{id}.stream.example.org", "01j9abc.stream.example.org", "01j9abc.stream.example.org", true},
	} {
		host := dictumal.GatewayHost(test.host)
		if host.Of("01J9ABC") != test.of || host.NameOf("01J9ABC") != test.name || host.PerDeployment() != test.own {
			t.Errorf("%q gives %q, %q and %v", test.host, host.Of("01J9ABC"), host.NameOf("01J9ABC"), host.PerDeployment())
		}
	}
}

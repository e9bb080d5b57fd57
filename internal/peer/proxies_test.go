package peer

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestAddressBelievesTrustedProxiesOnly(t *testing.T) {
	proxies := Proxies{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}
	for _, test := range []struct {
		name    string
		proxies Proxies
		remote  string
		passed  []string
		want    string
	}{
		{"nobody is believed unless told", nil, "127.0.0.1:4000", []string{"198.51.100.7"}, "127.0.0.1"},
		{"a stranger is not believed", proxies, "203.0.113.9:4000", []string{"198.51.100.7"}, "203.0.113.9"},
		{"a proxy says who asked it", proxies, "127.0.0.1:4000", []string{"198.51.100.7"}, "198.51.100.7"},
		{"what somebody wrote before the proxy did is not believed", proxies, "127.0.0.1:4000", []string{"192.0.2.1, 198.51.100.7"}, "198.51.100.7"},
		{"nor is it in a header of its own", proxies, "127.0.0.1:4000", []string{"192.0.2.1", "198.51.100.7"}, "198.51.100.7"},
		{"nor where they wrote the name of a proxy", proxies, "127.0.0.1:4000", []string{"192.0.2.1, 10.1.2.3, 198.51.100.7"}, "198.51.100.7"},
		{"proxies behind proxies", proxies, "127.0.0.1:4000", []string{"192.0.2.1, 198.51.100.7, 10.1.2.3"}, "198.51.100.7"},
		{"a proxy that asks for itself", proxies, "127.0.0.1:4000", nil, "127.0.0.1"},
		{"a proxy that writes what cannot be read", proxies, "127.0.0.1:4000", []string{"198.51.100.7, unknown"}, "127.0.0.1"},
		{"an address with a port", proxies, "127.0.0.1:4000", []string{"198.51.100.7:5123"}, "198.51.100.7"},
		{"an IPv6 address", proxies, "[fd00::1]:4000", []string{"2001:db8::7"}, "2001:db8::7"},
		{"an IPv6 address with a port", proxies, "[fd00::1]:4000", []string{"[2001:db8::7]:5123"}, "2001:db8::7"},
		{"an IPv4 proxy on an IPv6 socket", proxies, "[::ffff:127.0.0.1]:4000", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		{"a name with a blank and a line break in it", proxies, "127.0.0.1:4000", []string{"198.51.100.7\r\nX: y"}, "127.0.0.1"},
		{"the command line's socket", proxies, "@", []string{"198.51.100.7"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
			r.RemoteAddr = test.remote
			r.Header["X-Forwarded-For"] = test.passed
			// Proxies that write the one header pass on the others as they came.
			r.Header.Set("Forwarded", "for=192.0.2.66")
			r.Header.Set("X-Real-Ip", "192.0.2.66")
			if got := test.proxies.Address(r); got != test.want {
				t.Errorf("it came from %q, want %q", got, test.want)
			}
		})
	}
}

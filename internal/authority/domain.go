package authority

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// machineDomain holds the machines. Nothing below "invalid" is ever in DNS, so
// such a name can stand for a machine and for nothing else.
const machineDomain = "dictumal.invalid"

// Private

// domainsOf are the names that an authority may vouch for, each with all below it.
func domainsOf(gatewayHosts []string) ([]string, error) {
	domains := []string{machineDomain}
	for _, host := range gatewayHosts {
		host = withoutPort(host)
		if _, err := netip.ParseAddr(host); host == "" || err == nil {
			continue // constraints on names say nothing of addresses
		}
		domain := host
		if i := strings.LastIndex(host, "{id}"); i >= 0 {
			_, domain, _ = strings.Cut(host[i:], ".")
		}
		if domain = canonical(domain); domain == "" || strings.HasPrefix(domain, ".") {
			return nil, fmt.Errorf("%q has no domain of its own", host)
		}
		domains = append(domains, domain)
	}
	slices.Sort(domains)
	return slices.Compact(domains), nil
}

func withoutPort(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// canonical is the one way to write a host or an address.
func canonical(host string) string {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.Unmap().String()
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

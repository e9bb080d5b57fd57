package host

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// bridge makes the network that machines are on: IPv4 behind NAT, no IPv6.
func (s *setup) bridge(ctx context.Context) error {
	present, err := s.client.Network(ctx, Bridge)
	if err == nil && present.Managed {
		return nil
	}
	if err != nil && !incus.NotFound(err) {
		return err
	}
	if err := s.removeStrayBridge(ctx); err != nil {
		return err
	}
	taken, err := usedPrefixes()
	if err != nil {
		return err
	}
	subnet, ok := freeSubnet(taken)
	if !ok {
		return dictumal.NewError(dictumal.CodeUnavailable, "No private IPv4 subnet is free for machines: "+
			"create the Incus network "+Bridge+" with a subnet of your choice and run setup again.")
	}
	gateway := netip.PrefixFrom(subnet.Addr().Next(), subnet.Bits())
	s.say("Making the bridge %s with %s.", Bridge, gateway)
	return s.client.CreateNetwork(ctx, incus.Network{Name: Bridge, Type: "bridge", Config: map[string]string{
		"ipv4.address": gateway.String(),
		"ipv4.nat":     "true",
		"ipv6.address": "none",
		// Names of neighbours are nobody's business.
		"dns.mode": "none",
	}})
}

// Private

// removeStrayBridge takes away an interface of our bridge's name that Incus
// does not manage: it is from a daemon whose database is gone.
func (s *setup) removeStrayBridge(ctx context.Context) error {
	if !exists("/sys/class/net/" + Bridge + "/bridge") {
		return nil
	}
	s.say("Removing the old interface %s.", Bridge)
	_, err := run(ctx, "ip", "link", "delete", Bridge)
	return err
}

// usedPrefixes lists what the host's interfaces and routes use.
func usedPrefixes() ([]netip.Prefix, error) {
	var used []netip.Prefix
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the host's addresses: %w", err)
	}
	for _, address := range addresses {
		if prefix, err := netip.ParsePrefix(address.String()); err == nil {
			used = append(used, prefix.Masked())
		}
	}
	routes, err := os.ReadFile("/proc/net/route")
	if err != nil {
		return nil, fmt.Errorf("list the host's routes: %w", err)
	}
	resolvers, err := os.ReadFile("/etc/resolv.conf")
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("read the host's resolvers: %w", err)
	}
	used = append(used, parseRoutes(string(routes))...)
	return append(used, parseResolvers(string(resolvers))...), nil
}

// parseRoutes reads the kernel's table, whose addresses are hexadecimal in the
// byte order of the host; the default route uses nothing.
func parseRoutes(table string) []netip.Prefix {
	var routes []netip.Prefix
	for line := range strings.Lines(table) {
		var name string
		var destination, gateway, mask uint32
		var flags, references, use, metric int
		count, _ := fmt.Sscanf(line, "%s %x %x %x %d %d %d %x",
			&name, &destination, &gateway, &flags, &references, &use, &metric, &mask)
		if count != 8 || mask == 0 {
			continue
		}
		bits, _ := net.IPMask(nativeBytes(mask)).Size()
		routes = append(routes, netip.PrefixFrom(netip.AddrFrom4([4]byte(nativeBytes(destination))), bits))
	}
	return routes
}

// parseResolvers lists the name servers: a subnet over one of them would cut
// the host off from names.
func parseResolvers(text string) []netip.Prefix {
	var resolvers []netip.Prefix
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != "nameserver" {
			continue
		}
		if address, err := netip.ParseAddr(fields[1]); err == nil {
			resolvers = append(resolvers, netip.PrefixFrom(address, address.BitLen()))
		}
	}
	return resolvers
}

func nativeBytes(value uint32) []byte { return binary.NativeEndian.AppendUint32(nil, value) }

// freeSubnet picks the first of a few hundred subnets, each for a thousand
// machines, that overlaps with nothing.
func freeSubnet(used []netip.Prefix) (netip.Prefix, bool) {
	for second := byte(77); second < 177; second++ {
		for third := 0; third < 256; third += 64 {
			subnet := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, second, byte(third), 0}), 22)
			if !slices.ContainsFunc(used, subnet.Overlaps) {
				return subnet, true
			}
		}
	}
	return netip.Prefix{}, false
}

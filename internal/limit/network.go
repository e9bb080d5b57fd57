package limit

import "net/netip"

// Network is what one customer of a network has at least: of IPv4 an address, of
// IPv6 a /64, since whoever has one address there has all of them. What is no
// address stands for itself.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

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

// Assignment is what one customer of a network has at most, usually: of IPv6 a /48, in
// which there are 65,536 networks. It is empty where there is no such thing: of IPv4,
// and of addresses that nobody outside can have, whose /48 is a whole house.
func Assignment(address netip.Addr) string {
	address = address.Unmap().WithZone("")
	if !address.Is6() || address.IsPrivate() || address.IsLinkLocalUnicast() || address.IsLoopback() {
		return ""
	}
	return netip.PrefixFrom(address, 48).Masked().String()
}

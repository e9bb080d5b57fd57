package config

import "net/netip"

// Private

// proxies reads the addresses and networks of those who may say for whom they ask.
func (r *reader) proxies() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range r.list("DICTUMAL_TRUSTED_PROXIES") {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			var address netip.Addr
			address, err = netip.ParseAddr(text)
			network = netip.PrefixFrom(address, address.BitLen())
		}
		switch {
		case err != nil:
			r.fault("DICTUMAL_TRUSTED_PROXIES holds %q and must list addresses like 127.0.0.1 or networks like 10.0.0.0/8, with commas between.", text)
		case network.Bits() == 0:
			r.fault("DICTUMAL_TRUSTED_PROXIES holds %q, which is everybody: anyone could say that they come from anywhere; list the proxies alone.", text)
		default:
			all = append(all, network.Masked())
		}
	}
	return all
}

package peer

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of those who are believed when they say for whom they ask.
type Proxies []netip.Prefix

// Has tells whether an address is a proxy's.
func (p Proxies) Has(address netip.Addr) bool {
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(address) })
}

// Address is where a request came from: its connection's other end, or, where that is
// a proxy, whoever asked the proxy. Each proxy adds to the end of X-Forwarded-For who
// asked it, so the list is read from there and no further than to the first who is no
// proxy: what stands before that, anybody can have written.
func (p Proxies) Address(r *http.Request) string {
	address, ok := parse(r.RemoteAddr)
	if !ok {
		return ""
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(chain) {
		if !p.Has(address) {
			break
		}
		before, ok := parse(strings.TrimSpace(text))
		if !ok {
			break
		}
		address = before
	}
	return address.String()
}

// Doubt is the other end of a request's connection where it says for whom it asks and
// is not believed.
func (p Proxies) Doubt(r *http.Request) (from netip.Addr, doubted bool) {
	if len(r.Header["X-Forwarded-For"]) == 0 {
		return from, false
	}
	from, ok := parse(r.RemoteAddr)
	return from, ok && !p.Has(from)
}

// Private

// parse reads an address with or without a port. An IPv4 address that was written as
// an IPv6 one is the same address.
func parse(text string) (netip.Addr, bool) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		var whole netip.AddrPort
		whole, err = netip.ParseAddrPort(text)
		address = whole.Addr()
	}
	return address.Unmap().WithZone(""), err == nil
}

package turnstile

import (
	"net"
	"net/netip"

	"github.com/dictumal/dictumal/internal/limit"
)

// Listen bounds the connections of a listener. Who comes when there is no room is
// turned away at once, which costs less than to let them wait. Many may come through
// one proxy, and whoever is on this machine has better means: of those that free
// tells, only the sum counts.
func (t *Turnstile) Listen(listener net.Listener, free func(netip.Addr) bool) net.Listener {
	return &bounded{listener, t, free}
}

// Private

type bounded struct {
	net.Listener
	turnstile *Turnstile
	free      func(netip.Addr) bool
}

func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		leave, ok := b.turnstile.Enter(b.name(conn.RemoteAddr()))
		if ok {
			return &visitor{conn, leave}, nil
		}
		_ = conn.Close() // nobody reads what it would say
	}
}

// name is by which a visitor counts.
func (b *bounded) name(from net.Addr) string {
	whole, err := netip.ParseAddrPort(from.String())
	if err != nil {
		return ""
	}
	address := whole.Addr().Unmap().WithZone("")
	if b.free(address) {
		return ""
	}
	return limit.Network(address.String())
}

// visitor is a connection that leaves when it is closed.
type visitor struct {
	net.Conn
	leave func()
}

func (v *visitor) Close() error {
	v.leave()
	return v.Conn.Close()
}

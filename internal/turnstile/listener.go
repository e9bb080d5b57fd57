package turnstile

import (
	"net"
	"net/netip"

	"github.com/dictumal/dictumal/internal/limit"
)

// Refusal is a connection that was closed since there was no room.
type Refusal struct {
	From  netip.Addr
	Bound string // which is reached: Address, Assignment or All
}

// The bounds of a listener.
const (
	Address    = "address"    // of IPv6 a /64
	Assignment = "assignment" // of IPv6 a /48
	All        = "all"
)

// Listen bounds the connections of a listener, by address and by assignment. Who comes
// when there is no room is turned away at once, which costs less than to let them wait;
// refused is told. Many may come through one proxy, and whoever is on this machine has
// better means: of those that free tells, only the sum counts.
func (t *Turnstile) Listen(listener net.Listener, free func(netip.Addr) bool, refused func(Refusal)) net.Listener {
	return &bounded{listener, t, free, refused}
}

// Private

type bounded struct {
	net.Listener
	turnstile *Turnstile
	free      func(netip.Addr) bool
	refused   func(Refusal)
}

func (b *bounded) Accept() (net.Conn, error) {
	for {
		conn, err := b.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := addressOf(conn)
		leave, full := b.turnstile.enter(b.names(from))
		if full == room {
			return &visitor{conn, leave}, nil
		}
		_ = conn.Close() // nobody reads what it would say
		b.refused(Refusal{from, boundOf(full)})
	}
}

// names are by which a visitor counts.
func (b *bounded) names(from netip.Addr) []string {
	if !from.IsValid() || b.free(from) {
		return nil
	}
	return []string{limit.Network(from.String()), limit.Assignment(from)}
}

func boundOf(full int) string {
	switch full {
	case 0:
		return Address
	case 1:
		return Assignment
	}
	return All
}

// addressOf is where a connection came from; that of a socket is not valid.
func addressOf(conn net.Conn) netip.Addr {
	whole, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return whole.Addr().Unmap().WithZone("")
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

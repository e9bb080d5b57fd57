package incus

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"

	"github.com/dictumal/dictumal"
)

// addresses hands out addresses for machines. Which are in use the daemon
// knows, once a machine is made; until then an address that was taken is held
// here, so that orders at the same time do not meet.
type addresses struct {
	mu   sync.Mutex
	held []netip.Addr
}

// take chooses any address that is free. Chance keeps a machine from getting
// the address of one that has just gone, which others may still talk to.
func (a *addresses) take(subnet netip.Prefix, taken []netip.Addr) (netip.Addr, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := binary.BigEndian.Uint32(subnet.Masked().Addr().AsSlice())
	count := uint32(1) << (32 - subnet.Bits())
	start := rand.Uint32N(count)
	for i := range count {
		offset := (start + i) % count
		if offset < 10 || offset == count-1 { // the gateway and some room, and the broadcast address
			continue
		}
		address := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, first+offset)))
		if !slices.Contains(taken, address) && !slices.Contains(a.held, address) {
			a.held = append(a.held, address)
			return address, nil
		}
	}
	return netip.Addr{}, &dictumal.Refusal{
		Reason:   dictumal.ReasonNoRoom,
		Message:  "Every address of the machines' network is in use.",
		NextStep: "Destroy a machine that is not needed any more, and deploy again.",
	}
}

// give ends the hold.
func (a *addresses) give(address netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held = slices.DeleteFunc(a.held, func(held netip.Addr) bool { return held == address })
}

package authority

import (
	"net"
	"slices"
	"strings"
)

// Names is for whom the certificate of a machine is good. What is empty is left
// out.
type Names struct {
	Machine string // as [MachineHost] gives it
	IP      string
	Gateway string // host name or address, without a port
}

// MachineHost is the name by which only the control plane knows a machine.
func MachineHost(machine string) string { return strings.ToLower(machine) + "." + machineDomain }

// String is the same for the same names, however they are written: where it has
// changed, a certificate is no longer the right one.
func (n Names) String() string { return strings.Join(n.all(), ", ") }

// Private

func (n Names) all() []string {
	all := []string{canonical(n.Machine), canonical(n.IP), canonical(n.Gateway)}
	return slices.DeleteFunc(all, func(name string) bool { return name == "" })
}

// split tells host names from addresses, which certificates keep apart.
func (n Names) split() (hosts []string, addresses []net.IP) {
	for _, name := range n.all() {
		if address := net.ParseIP(name); address != nil {
			addresses = append(addresses, address)
		} else {
			hosts = append(hosts, name)
		}
	}
	return hosts, addresses
}

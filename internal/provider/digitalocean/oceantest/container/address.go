package container

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"

	"github.com/dictumal/dictumal/internal/incus"
)

// nic is the profile's network device with an address of the container's own,
// which is then known without waiting for the container to ask for one.
func (m *Machines) nic(ctx context.Context) (incus.Device, error) {
	profile, err := m.client.Profile(ctx, m.options.Profile)
	if err != nil {
		return nil, fmt.Errorf("read the profile %s: %w", m.options.Profile, err)
	}
	nic := maps.Clone(profile.Devices["eth0"])
	network, err := m.client.Network(ctx, nic["network"])
	if err != nil {
		return nil, fmt.Errorf("read the network %q: %w", nic["network"], err)
	}
	gateway, err := netip.ParsePrefix(network.Config["ipv4.address"])
	if err != nil {
		return nil, fmt.Errorf("read the subnet of %s: %w", network.Name, err)
	}
	leases, err := m.client.Leases(ctx, network.Name)
	if err != nil {
		return nil, fmt.Errorf("list the addresses in use: %w", err)
	}
	nic["ipv4.address"], err = choose(gateway, leases)
	return nic, err
}

// choose takes a free address by chance, so that two at the same time hardly meet.
func choose(gateway netip.Prefix, leases []incus.Lease) (string, error) {
	var free []string
	address := gateway.Masked().Addr()
	for range 10 { // room for the gateway and its like
		address = address.Next()
	}
	for ; gateway.Contains(address.Next()); address = address.Next() { // the last is for broadcasts
		text := address.String()
		if !slices.Contains(leases, incus.Lease{Address: text}) {
			free = append(free, text)
		}
	}
	if len(free) == 0 {
		return "", errors.New("every address of the network is in use")
	}
	return free[rand.IntN(len(free))], nil
}

func says(err error, words string) bool {
	answer, ok := errors.AsType[*incus.Error](err)
	return ok && strings.Contains(answer.Message, words)
}

package incus

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

// Ready finds out whether machines can be made at all: a [*dictumal.Refusal]
// where the daemon is missing or too old, the wall around machines does not
// stand, or the image is not there.
func (p *Provider) Ready(ctx context.Context) error {
	if _, err := p.prepare(ctx); err != nil {
		return err
	}
	_, err := p.client.ResolveAlias(ctx, p.config.Image)
	if incus.NotFound(err) {
		return p.refusalImage(err)
	}
	return p.explain("look for the image", err)
}

// Private

// place is where a machine will be.
type place struct {
	nic    incus.Device
	subnet netip.Prefix
	taken  []netip.Addr
}

// daemon makes sure that a daemon that is known to work lets this program in.
func (p *Provider) daemon(ctx context.Context) error {
	server, err := p.client.Server(ctx)
	if err != nil {
		return p.explain("ask Incus for its version", err)
	}
	if version := server.Environment.ServerVersion; tooOld(version) {
		return refusalTooOld(version)
	}
	if server.Auth != "trusted" {
		return p.refusalNotAllowed(nil)
	}
	return nil
}

// prepare makes sure that a machine will be walled in and has room, and looks
// up what its order needs to know.
func (p *Provider) prepare(ctx context.Context) (place, error) {
	if err := p.daemon(ctx); err != nil {
		return place{}, err
	}
	shared, err := p.client.Profile(ctx, profile)
	if incus.NotFound(err) {
		return place{}, refusalIsolation(err)
	}
	if err != nil {
		return place{}, p.explain("read the profile", err)
	}
	nic := shared.Devices["eth0"]
	if !isolation.Isolated(shared.Config, nic) {
		return place{}, refusalIsolation(errors.New("the profile " + profile + " lacks some of it"))
	}
	if err := p.wall(ctx, nic["network"]); err != nil {
		return place{}, refusalIsolation(err)
	}
	if err := p.room(ctx, shared.Devices["root"]["pool"]); err != nil {
		return place{}, err
	}
	return p.network(ctx, nic)
}

// room refuses a machine that would fill the disk under all others: the pool's,
// or the one that the pool's file grows on.
func (p *Provider) room(ctx context.Context, pool string) error {
	space, err := p.client.PoolSpace(ctx, pool)
	if err != nil {
		return p.explain("look for room in the storage pool", err)
	}
	if free := space.Total - space.Used; space.Total > 0 && free < p.reserve {
		return refusalRoom(fmt.Errorf("%d MiB are free in the storage pool %s", free>>20, pool))
	}
	var disk syscall.Statfs_t
	if err := syscall.Statfs(filepath.Dir(p.client.Socket()), &disk); err != nil {
		return nil //nolint:nilerr // not to be seen by this user; the daemon will say
	}
	if free := int64(disk.Bavail) * disk.Bsize; free < p.reserve {
		return refusalRoom(fmt.Errorf("%d MiB are free on the host's disk", free>>20))
	}
	return nil
}

func (p *Provider) network(ctx context.Context, nic incus.Device) (place, error) {
	network, err := p.client.Network(ctx, nic["network"])
	if err != nil {
		return place{}, p.explain("read the network", err)
	}
	gateway, err := netip.ParsePrefix(network.Config["ipv4.address"])
	if err != nil {
		return place{}, fmt.Errorf("read the subnet of %s: %w", network.Name, err)
	}
	leases, err := p.client.Leases(ctx, network.Name)
	if err != nil {
		return place{}, p.explain("list addresses in use", err)
	}
	found := place{nic: nic, subnet: gateway.Masked(), taken: []netip.Addr{gateway.Addr()}}
	for _, lease := range leases {
		if address, err := netip.ParseAddr(lease.Address); err == nil {
			found.taken = append(found.taken, address)
		}
	}
	return found, nil
}

// tooOld tells whether a version is before 6.0, the oldest that is supported.
func tooOld(version string) bool {
	major, _, _ := strings.Cut(version, ".")
	number, err := strconv.Atoi(major)
	return err != nil || number < 6
}

package incus

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// Create orders a machine and waits until it is on, which takes a moment, but
// not for its boot. The daemon makes and starts it in one operation that goes on
// without us: if this program dies meanwhile, the machine is found by its name.
// If the daemon dies between the two, the machine is found off, and Start heals it.
func (p *Provider) Create(ctx context.Context, spec dictumal.MachineSpec) (dictumal.Machine, error) {
	size, ok := parseSize(spec.Size)
	if !ok {
		return dictumal.Machine{}, unknownSize(spec.Size)
	}
	place, err := p.prepare(ctx)
	if err != nil {
		return dictumal.Machine{}, err
	}
	for {
		address, err := p.addresses.take(place.subnet, place.taken)
		if err != nil {
			return dictumal.Machine{}, err
		}
		order := p.order(spec, size, place.nic, address)
		made, err := p.place(ctx, order)
		p.addresses.give(address)
		if !addressTaken(err) {
			return made, err
		}
		place.taken = append(place.taken, address)
	}
}

// Private

// addressTaken tells whether an order was refused since somebody else, of another
// project even, was given the address meanwhile.
func addressTaken(err error) bool { return says(err, "already defined on another NIC") }

// order is what the daemon is asked for.
func (p *Provider) order(spec dictumal.MachineSpec, size size, nic incus.Device, address netip.Addr) incus.NewInstance {
	nic = maps.Clone(nic)
	nic["ipv4.address"] = address.String()
	config := map[string]string{
		keyInstallation: p.config.Installation,
		keyDeployment:   spec.Deployment,
		keyOrder:        rand.Text(),
		keyUserData:     spec.UserData,
		"limits.cpu":    size.cpuLimit(),
		"limits.memory": size.memoryLimit(),
	}
	if spec.Stream == dictumal.Guacamole {
		config["security.nesting"] = "true" // Docker runs inside
	}
	return incus.NewInstance{
		Name:     spec.Name,
		Type:     "container",
		Profiles: []string{profile},
		Config:   config,
		Devices:  map[string]incus.Device{"eth0": nic},
		Source:   incus.Source{Type: "image", Alias: p.config.Image},
		Start:    true,
	}
}

// place sends the order and waits for it. Where the time is over first, the
// order still stands.
func (p *Provider) place(ctx context.Context, order incus.NewInstance) (dictumal.Machine, error) {
	made := dictumal.Machine{
		ID: order.Name, Name: order.Name, Power: dictumal.PowerNew,
		IP: order.Devices["eth0"]["ipv4.address"], Size: sizeOf(incus.Instance{ExpandedConfig: order.Config}), CreatedAt: time.Now().UTC(),
	}
	operation, err := p.client.CreateInstance(ctx, order)
	if err != nil {
		return dictumal.Machine{}, p.refuse(err)
	}
	err = operation.Wait(ctx)
	if err == nil {
		made.Power = dictumal.PowerActive
		return made, nil
	}
	if _, answered := errors.AsType[*incus.Error](err); !answered || says(err, "operation not found") {
		return made, nil // taken, and not known to have failed; a daemon that was restarted forgets operations
	}
	if leftover := p.clear(ctx, order); leftover != nil {
		return made, fmt.Errorf("make the machine %s: %w", order.Name, errors.Join(err, leftover))
	}
	return dictumal.Machine{}, p.refuse(err)
}

// clear removes what a failed order has left behind, so that the failure is a
// refusal. The order's own key tells it from a machine of another order.
func (p *Provider) clear(ctx context.Context, order incus.NewInstance) error {
	instance, err := p.client.Instance(ctx, order.Name)
	if incus.NotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if instance.Config[keyOrder] != order.Config[keyOrder] {
		return fmt.Errorf("another order has made %s", order.Name)
	}
	return p.remove(ctx, order.Name)
}

package incus

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// startGrace is how long a machine that was never on counts as being made: the
// daemon makes and starts it in one go.
const startGrace = 30 * time.Second

// Find returns the machine with this name; a project cannot have two.
func (p *Provider) Find(ctx context.Context, name string) ([]dictumal.Machine, error) {
	instance, err := p.client.Instance(ctx, name)
	if err == nil && instance.Name != name { // which proves no absence
		err = errors.New("the answer is about another machine")
	}
	if incus.NotFound(err) || err == nil && !p.ours(instance) {
		return nil, nil
	}
	if err != nil {
		return nil, p.explain("look for a machine", err)
	}
	return []dictumal.Machine{machine(instance)}, nil
}

// Inspect returns one machine of this installation.
func (p *Provider) Inspect(ctx context.Context, id string) (dictumal.Machine, error) {
	found, err := p.Find(ctx, id)
	if err != nil {
		return dictumal.Machine{}, err
	}
	if len(found) == 0 {
		return dictumal.Machine{}, dictumal.ErrMachineNotFound
	}
	return found[0], nil
}

// List returns every machine of this installation.
func (p *Provider) List(ctx context.Context) ([]dictumal.Machine, error) {
	instances, err := p.client.Instances(ctx)
	if err != nil {
		return nil, p.explain("list machines", err)
	}
	var machines []dictumal.Machine
	for _, instance := range instances {
		if p.ours(instance) {
			machines = append(machines, machine(instance))
		}
	}
	return machines, nil
}

// Watch tells of changes by the daemon's events. Since changes may have been
// missed before it listens, it begins with every machine there is.
func (p *Provider) Watch(ctx context.Context, changed func(name string)) error {
	listening := func() error {
		machines, err := p.List(ctx)
		for _, machine := range machines {
			changed(machine.Name)
		}
		return err
	}
	err := p.client.Events(ctx, listening, func(event incus.Event) {
		if p.ourName(event.Instance) && slices.Contains(changes, event.Action) {
			changed(event.Instance)
		}
	})
	return fmt.Errorf("watch machines: %w", err)
}

// Private

// changes are the events after which a machine is another than before.
var changes = []string{
	"instance-created", "instance-started", "instance-stopped", "instance-shutdown",
	"instance-restarted", "instance-paused", "instance-resumed", "instance-deleted",
}

func machine(instance incus.Instance) dictumal.Machine {
	return dictumal.Machine{
		ID:        instance.Name,
		Name:      instance.Name,
		Power:     power(instance),
		IP:        address(instance),
		Size:      sizeOf(instance),
		CreatedAt: instance.CreatedAt,
	}
}

// address is empty where it is none at which a machine can be.
func address(instance incus.Instance) string {
	ip, err := netip.ParseAddr(instance.ExpandedDevices["eth0"]["ipv4.address"])
	if err != nil || !ip.Is4() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return ""
	}
	return ip.String()
}

func power(instance incus.Instance) dictumal.Power {
	switch {
	case instance.Status == "Running" || instance.Status == "Ready" || instance.Status == "Frozen":
		return dictumal.PowerActive
	case instance.Status == "Starting":
		return dictumal.PowerNew
	case instance.LastUsedAt.Unix() <= 0 && time.Since(instance.CreatedAt) < startGrace:
		return dictumal.PowerNew
	}
	return dictumal.PowerOff
}

package digitalocean

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
)

// List returns every machine of this installation, oldest first. What counts is
// the name: tags come late.
func (p *Provider) List(ctx context.Context) ([]dictumal.Machine, error) {
	return p.roster.all(ctx)
}

// Find returns the machines with this name, oldest first.
func (p *Provider) Find(ctx context.Context, name string) ([]dictumal.Machine, error) {
	return p.roster.named(ctx, name)
}

// Inspect returns one machine of this installation.
func (p *Provider) Inspect(ctx context.Context, id string) (dictumal.Machine, error) {
	if _, err := number(id); err != nil {
		return dictumal.Machine{}, err
	}
	return p.roster.one(ctx, id)
}

// Private

// number is what DigitalOcean calls a machine. What is no number is none of its.
func number(id string) (int, error) {
	n, err := strconv.Atoi(id)
	if err != nil || n < 1 || strconv.Itoa(n) != id {
		return 0, dictumal.ErrMachineNotFound
	}
	return n, nil
}

// droplets reads the whole list. Pages move while they are read, so that a
// droplet may come twice.
func (p *Provider) droplets(ctx context.Context) (reading, error) {
	droplets, err := pages(ctx, p.client.Droplets.List)
	if err != nil {
		return reading{}, p.explain("list machines", "droplet:read", err)
	}
	read := reading{byID: map[string]dictumal.Machine{}, pages: (len(droplets) + perPage - 1) / perPage}
	for _, droplet := range droplets {
		if p.ours(droplet.Name) {
			if droplet.ID < 1 { // passed over, it would count as absent
				return reading{}, p.explain("list machines", "droplet:read", errPart)
			}
			m := machine(&droplet)
			read.byID[m.ID] = m
		}
	}
	read.machines = slices.SortedFunc(maps.Values(read.byID), func(a, b dictumal.Machine) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return read, nil
}

// droplet asks for one machine that is not on the list. It may be one that somebody
// has renamed, which goes on costing money: its tag says whose it is.
func (p *Provider) droplet(ctx context.Context, id string) (dictumal.Machine, error) {
	n, err := number(id)
	if err != nil {
		return dictumal.Machine{}, err
	}
	droplet, response, err := p.client.Droplets.Get(ctx, n)
	if answered(response, http.StatusNotFound) || err == nil && !p.owns(droplet) {
		return dictumal.Machine{}, dictumal.ErrMachineNotFound
	}
	if err != nil {
		return dictumal.Machine{}, p.explain("look at a machine", "droplet:read", err)
	}
	if droplet.ID != n {
		return dictumal.Machine{}, p.explain("look at a machine", "droplet:read", errOther)
	}
	return machine(droplet), nil
}

func (p *Provider) owns(droplet *godo.Droplet) bool {
	return droplet != nil && (p.ours(droplet.Name) || slices.Contains(droplet.Tags, p.mark()))
}

// errOther is of an answer to another question than was asked.
var errOther = errors.New("the answer is about another machine")

func machine(droplet *godo.Droplet) dictumal.Machine {
	created, _ := time.Parse(time.RFC3339, droplet.Created)
	return dictumal.Machine{
		ID:        strconv.Itoa(droplet.ID),
		Name:      droplet.Name,
		Power:     power(droplet.Status),
		IP:        address(droplet),
		Size:      droplet.SizeSlug,
		CreatedAt: created.UTC(),
	}
}

// address is empty until the machine has one. People and we are led there, so that it
// must be an address, and one at which a machine can be.
func address(droplet *godo.Droplet) string {
	text, _ := droplet.PublicIPv4() // it fails where there are no networks yet
	ip, err := netip.ParseAddr(text)
	if err != nil || !ip.Is4() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() || ip.IsMulticast() {
		return ""
	}
	return ip.String()
}

func power(status string) dictumal.Power {
	switch status {
	case "active":
		return dictumal.PowerActive
	case "off", "archive":
		return dictumal.PowerOff
	}
	return dictumal.PowerNew
}

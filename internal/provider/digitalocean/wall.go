package digitalocean

import (
	"context"
	"net/http"
	"slices"

	"github.com/digitalocean/godo"
)

// Private

// wall says that the firewall around all machines stands.
type wall struct{}

// raiseWall makes sure of it. The firewall is bound to the tag that every machine
// gets, and stands outside of the machines' own, which root on a machine can
// take down.
func (p *Provider) raiseWall(ctx context.Context) (wall, error) {
	firewalls, err := pages(ctx, p.client.Firewalls.List)
	if err != nil {
		return wall{}, p.explain("list firewalls", "firewall:read", err)
	}
	index := slices.IndexFunc(firewalls, func(f godo.Firewall) bool { return f.Name == p.mark() })
	if index >= 0 && slices.Contains(firewalls[index].Tags, p.mark()) {
		return wall{}, nil // its rules are the owner's to change
	}
	if err := p.makeTag(ctx); err != nil {
		return wall{}, err
	}
	if index >= 0 {
		_, _, err = p.client.Firewalls.Update(ctx, firewalls[index].ID, p.firewall())
		return wall{}, p.explain("bind the firewall", "firewall:update", err)
	}
	_, response, err := p.client.Firewalls.Create(ctx, p.firewall())
	if answered(response, http.StatusConflict) {
		return wall{}, nil // another replica was quicker
	}
	return wall{}, p.explain("make the firewall", "firewall:create", err)
}

// makeTag makes the tag, which must exist before a firewall is bound to it.
func (p *Provider) makeTag(ctx context.Context) error {
	_, response, err := p.client.Tags.Create(ctx, &godo.TagCreateRequest{Name: p.mark()})
	if answered(response, http.StatusUnprocessableEntity) && says(err, "already") {
		return nil
	}
	return p.explain("make the tag", "tag:create", err)
}

// firewall lets in what a machine serves, and everything out.
func (p *Provider) firewall() *godo.FirewallRequest {
	everywhere := []string{"0.0.0.0/0", "::/0"}
	request := &godo.FirewallRequest{Name: p.mark(), Tags: []string{p.mark()}, DropletIDs: []int{}}
	for _, port := range []string{"22", "80", "443"} {
		request.InboundRules = append(request.InboundRules, godo.InboundRule{
			Protocol: "tcp", PortRange: port, Sources: &godo.Sources{Addresses: everywhere},
		})
	}
	request.InboundRules = append(request.InboundRules, godo.InboundRule{
		Protocol: "icmp", PortRange: "0", Sources: &godo.Sources{Addresses: everywhere},
	})
	for _, protocol := range []string{"tcp", "udp", "icmp"} {
		request.OutboundRules = append(request.OutboundRules, godo.OutboundRule{
			Protocol: protocol, PortRange: "0", Destinations: &godo.Destinations{Addresses: everywhere},
		})
	}
	return request
}

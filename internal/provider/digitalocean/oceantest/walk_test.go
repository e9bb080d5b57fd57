package oceantest_test

import (
	"testing"

	"github.com/digitalocean/godo"
)

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPVmlFKvVWdbb61T+uEyAcBHGrhcxbUzcAt9lrUV7QW nobody"

// walk asks everything that the stand-in knows once, and gives the droplets that
// are left.
func walk(t *testing.T, client *godo.Client) []godo.Droplet {
	t.Helper()
	ctx, list := t.Context(), &godo.ListOptions{Page: 1, PerPage: 200}
	must := func(_ any, _ *godo.Response, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("ask: %v", err)
		}
	}
	account, _, err := client.Account.Get(ctx)
	must(account, nil, err)
	key, _, err := client.Keys.Create(ctx, &godo.KeyCreateRequest{Name: "dictumal-test", PublicKey: publicKey})
	if err != nil {
		t.Fatalf("make a key: %v", err)
	}
	keys, response, err := client.Keys.List(ctx, list)
	must(keys, response, err)
	regions, response, err := client.Regions.List(ctx, list)
	must(regions, response, err)
	sizes, response, err := client.Sizes.List(ctx, &godo.ListOptions{Page: 2, PerPage: 3})
	must(sizes, response, err)
	images, response, err := client.Images.ListDistribution(ctx, list)
	must(images, response, err)
	private, response, err := client.Images.ListUser(ctx, list)
	must(private, response, err)
	image, response, err := client.Images.GetBySlug(ctx, "debian-13-x64")
	must(image, response, err)
	tag, response, err := client.Tags.Create(ctx, &godo.TagCreateRequest{Name: "dictumal-test"})
	must(tag, response, err)
	firewall, _, err := client.Firewalls.Create(ctx, wall())
	if err != nil {
		t.Fatalf("make a firewall: %v", err)
	}
	firewalls, response, err := client.Firewalls.List(ctx, list)
	must(firewalls, response, err)
	firewall, response, err = client.Firewalls.Update(ctx, firewall.ID, wall())
	must(firewall, response, err)
	firewall, response, err = client.Firewalls.Get(ctx, firewall.ID)
	must(firewall, response, err)

	wanted := order()
	wanted.SSHKeys = []godo.DropletCreateSSHKey{{ID: key.ID}, {Fingerprint: key.Fingerprint}}
	droplet, response, err := client.Droplets.Create(ctx, wanted)
	if err != nil {
		t.Fatalf("make a droplet: %v", err)
	}
	action, response, err := client.Actions.Get(ctx, response.Links.Actions[0].ID)
	must(action, response, err)
	droplet, response, err = client.Droplets.Get(ctx, droplet.ID)
	must(droplet, response, err)
	tag, response, err = client.Tags.Get(ctx, "dictumal-test")
	must(tag, response, err)
	action, response, err = client.DropletActions.PowerOff(ctx, droplet.ID)
	must(action, response, err)
	action, response, err = client.DropletActions.PowerOn(ctx, droplet.ID)
	must(action, response, err)
	named, response, err := client.Droplets.ListByName(ctx, "DESK", list)
	must(named, response, err)
	tagged, response, err := client.Droplets.ListByTag(ctx, "dictumal-test", list)
	must(tagged, response, err)
	graphics, response, err := client.Droplets.ListWithGPUs(ctx, list)
	must(graphics, response, err)
	if len(keys) != 1 || len(named) != 1 || len(tagged) != 1 || len(graphics) != 0 || tag.Resources.Count != 1 {
		t.Errorf("found %d keys, %d by name, %d by tag, %d with graphics", len(keys), len(named), len(tagged), len(graphics))
	}
	response, err = client.Droplets.Delete(ctx, droplet.ID)
	must(nil, response, err)
	response, err = client.Firewalls.Delete(ctx, firewall.ID)
	must(nil, response, err)
	left, response, err := client.Droplets.List(ctx, list)
	must(left, response, err)
	return left
}

// wall is a firewall for the tag of the orders. Rules for icmp have ports as well: all of them.
func wall() *godo.FirewallRequest {
	everywhere := []string{"0.0.0.0/0", "::/0"}
	return &godo.FirewallRequest{
		Name: "dictumal-test", Tags: []string{"dictumal-test"}, DropletIDs: []int{},
		InboundRules: []godo.InboundRule{
			{Protocol: "tcp", PortRange: "22", Sources: &godo.Sources{Addresses: everywhere}},
			{Protocol: "icmp", PortRange: "0", Sources: &godo.Sources{Addresses: everywhere}},
		},
		OutboundRules: []godo.OutboundRule{
			{Protocol: "tcp", PortRange: "0", Destinations: &godo.Destinations{Addresses: everywhere}},
		},
	}
}

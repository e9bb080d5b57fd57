package oceantest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestACreateIsRefusedInDigitalOceansWords(t *testing.T) {
	cases := []struct {
		name, want string
		spoil      func(*godo.DropletCreateRequest)
	}{
		{"no such size", "invalid size", func(r *godo.DropletCreateRequest) { r.Size = "huge" }},
		{"no such image", "invalid image", func(r *godo.DropletCreateRequest) { r.Image.Slug = "plan9" }},
		{"no such region", "invalid region", func(r *godo.DropletCreateRequest) { r.Region = "moon1" }},
		{"a region without room", "Region is not available", func(r *godo.DropletCreateRequest) { r.Region = "tor1" }},
		{"a size that is sold out", "Size is not available.", func(r *godo.DropletCreateRequest) { r.Size = "m-2vcpu-16gb" }},
		{"a size that the region lacks", "not available in this region", func(r *godo.DropletCreateRequest) { r.Region, r.Size = "sgp1", "s-1vcpu-512mb-10gb" }},
		{"an image that the region lacks", "The image you specified is not available in the selected region", func(r *godo.DropletCreateRequest) {
			r.Region, r.Image.Slug = "sgp1", "ubuntu-26-04-x64"
		}},
		{"a name that is no host's", "hostname characters", func(r *godo.DropletCreateRequest) { r.Name = "a_b" }},
		{"too much user-data", "64 KiB", func(r *godo.DropletCreateRequest) { r.UserData = strings.Repeat("a", 64<<10+1) }},
		{"a tag that is none", "Tag names", func(r *godo.DropletCreateRequest) { r.Tags = []string{"a b"} }},
		{"an unknown key", "invalid key identifiers", func(r *godo.DropletCreateRequest) { r.SSHKeys = []godo.DropletCreateSSHKey{{ID: 5}} }},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			ocean := oceantest.New(oceantest.Options{Token: token})
			wanted := order()
			test.spoil(wanted)
			_, _, err := client(t, ocean).Droplets.Create(t.Context(), wanted)
			refused(t, err, http.StatusUnprocessableEntity, test.want)
			if len(ocean.Droplets()) != 0 {
				t.Error("it was made all the same")
			}
		})
	}
}

func TestAnAccountHasItsLimits(t *testing.T) {
	cases := []struct {
		name    string
		options oceantest.Options
		status  int
		want    string
	}{
		{"the second of one droplet", oceantest.Options{Limit: 1}, 422, "will exceed your droplet limit"},
		{"a locked account", oceantest.Options{Account: oceantest.Account{Status: "locked", Message: "Pay."}}, 403, "locked. Pay."},
		{"a token that may only look", oceantest.Options{Scopes: []string{"droplet:read"}}, 403, "droplet:create"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			test.options.Token = token
			client := client(t, oceantest.New(test.options))
			_, _, _ = client.Droplets.Create(t.Context(), order())
			_, _, err := client.Droplets.Create(t.Context(), order())
			refused(t, err, test.status, test.want)
			if _, _, err := client.Droplets.List(t.Context(), nil); err != nil {
				t.Errorf("list: %v", err)
			}
		})
	}
}

func TestAKeyIsOnTheAccountOnce(t *testing.T) {
	client := client(t, oceantest.New(oceantest.Options{Token: token}))
	request := &godo.KeyCreateRequest{Name: "one", PublicKey: publicKey}
	if _, _, err := client.Keys.Create(t.Context(), request); err != nil {
		t.Fatalf("make a key: %v", err)
	}
	_, _, err := client.Keys.Create(t.Context(), request)
	refused(t, err, http.StatusUnprocessableEntity, "already in use")
	request.PublicKey = "nothing"
	_, _, err = client.Keys.Create(t.Context(), request)
	refused(t, err, http.StatusUnprocessableEntity, "Key invalid")
}

func TestAFirewallNeedsItsTagAndANameOfItsOwn(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := client(t, ocean)
	_, _, err := client.Firewalls.Create(t.Context(), wall())
	refused(t, err, http.StatusUnprocessableEntity, "does not exist")
	if _, _, err := client.Tags.Create(t.Context(), &godo.TagCreateRequest{Name: "dictumal-test"}); err != nil {
		t.Fatalf("make the tag: %v", err)
	}
	if _, _, err := client.Firewalls.Create(t.Context(), wall()); err != nil {
		t.Fatalf("make the firewall: %v", err)
	}
	_, _, err = client.Firewalls.Create(t.Context(), wall())
	refused(t, err, http.StatusConflict, "duplicate name")
}

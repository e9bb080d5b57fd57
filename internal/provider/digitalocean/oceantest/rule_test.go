package oceantest_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

func TestAListComesInPages(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := client(t, ocean)
	for range 5 {
		if _, _, err := client.Droplets.Create(t.Context(), order()); err != nil {
			t.Fatalf("create: %v", err)
		}
	}
	seen := map[int]bool{}
	for page, want := range []int{2, 2, 1} {
		part, response, err := client.Droplets.List(t.Context(), &godo.ListOptions{Page: page + 1, PerPage: 2})
		if err != nil || len(part) != want || response.Meta.Total != 5 || response.Links.IsLastPage() != (page == 2) {
			t.Errorf("page %d has %d (%v): %+v", page+1, len(part), err, response.Links.Pages)
		}
		for _, d := range part {
			seen[d.ID] = true
		}
	}
	if len(seen) != 5 {
		t.Errorf("the pages hold %d droplets, want 5", len(seen))
	}
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

func TestCallsAreCountedInAWindowThatSlides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token, Rate: oceantest.Rate{Hour: 5, Minute: 3}})
		client := client(t, ocean)
		ask := func(want int, retryAfter string) {
			t.Helper()
			_, response, _ := client.Account.Get(t.Context())
			if response.StatusCode != want || response.Header.Get("Retry-After") != retryAfter {
				t.Errorf("after %d calls: %d, Retry-After %q", len(ocean.Calls()), response.StatusCode, response.Header.Get("Retry-After"))
			}
		}
		begun := time.Now()
		ask(200, "")
		time.Sleep(30 * time.Second)
		ask(200, "")
		ask(200, "")
		ask(429, "30")
		time.Sleep(30 * time.Second) // the first no longer counts for the minute
		ask(200, "")
		time.Sleep(time.Minute)
		ask(200, "")
		ask(429, "")
		if rate := client.GetRate(); rate.Limit != 5 || rate.Remaining != 0 || rate.Reset.Sub(begun) != time.Hour {
			t.Errorf("the rate is %+v", rate)
		}
		time.Sleep(time.Until(begun.Add(time.Hour)))
		ask(200, "")
	})
}

func TestKeysMayBeListedTenTimesAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := client(t, oceantest.New(oceantest.Options{Token: token}))
		for range 10 {
			if _, _, err := client.Keys.List(t.Context(), nil); err != nil {
				t.Fatalf("list: %v", err)
			}
		}
		_, _, err := client.Keys.List(t.Context(), nil)
		if header := refused(t, err, http.StatusTooManyRequests, ""); header.Get("Retry-After") != "60" {
			t.Errorf("the headers are %v", header)
		}
		if _, _, err := client.Account.Get(t.Context()); err != nil {
			t.Errorf("something else is refused as well: %v", err)
		}
	})
}

func TestARealConnectionCarriesTheSameFaults(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := serve(t, ocean)
	ocean.Fail("POST /v2/droplets", oceantest.DropAfterEffect(), oceantest.SlowBody(time.Millisecond))
	if _, response, err := client.Droplets.Create(t.Context(), order()); err == nil || response != nil {
		t.Errorf("the connection was not dropped: %v", err)
	}
	if made, _, err := client.Droplets.Create(t.Context(), order()); err != nil || made.Name != "desk" {
		t.Errorf("the slow body is %+v (%v)", made, err)
	}
	if len(ocean.Droplets()) != 2 {
		t.Errorf("there are %d droplets, want 2", len(ocean.Droplets()))
	}
}

package oceantest_test

import (
	"math"
	"strings"
	"testing"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestAListCanBeNarrowed(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	client := client(t, ocean)
	second, graphics := order(), order()
	second.Name, second.Tags = "chair", []string{"other"}
	graphics.Name, graphics.Region, graphics.Size = "screen", "nyc3", "gpu-h100x1-80gb"
	for _, wanted := range []*godo.DropletCreateRequest{order(), second, graphics} {
		if _, _, err := client.Droplets.Create(t.Context(), wanted); err != nil {
			t.Fatalf("create: %v", err)
		}
	}
	cases := []struct {
		name, want string
		list       func(*godo.ListOptions) ([]godo.Droplet, *godo.Response, error)
	}{
		{"without those with graphics", "desk chair", func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
			return client.Droplets.List(t.Context(), o)
		}},
		{"those with graphics", "screen", func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
			return client.Droplets.ListWithGPUs(t.Context(), o)
		}},
		{"by name, in any case", "chair", func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
			return client.Droplets.ListByName(t.Context(), "CHAIR", o)
		}},
		{"by tag", "chair", func(o *godo.ListOptions) ([]godo.Droplet, *godo.Response, error) {
			return client.Droplets.ListByTag(t.Context(), "other", o)
		}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := test.list(&godo.ListOptions{})
			if err != nil {
				t.Fatalf("list: %v", err)
			}
			var names []string
			for _, d := range got {
				names = append(names, d.Name)
			}
			if strings.Join(names, " ") != test.want {
				t.Errorf("listed %q, want %s", names, test.want)
			}
		})
	}
}

func TestPricesHaveTheNoiseOfTheRealOnes(t *testing.T) {
	sizes, _, err := client(t, oceantest.New(oceantest.Options{Token: token})).Sizes.List(t.Context(), nil)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	for _, size := range sizes {
		if size.Slug == "s-1vcpu-2gb" && (size.PriceHourly == 0.01786 || math.Abs(size.PriceHourly-0.01786) > 1e-8) {
			t.Errorf("the price is %v", size.PriceHourly)
		}
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

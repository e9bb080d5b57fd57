package digitalocean

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/digitalocean/godo"
	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestTheCatalogHoldsWhatCanBeOrdered(t *testing.T) {
	ocean := oceantest.New(oceantest.Options{Token: token})
	got, err := open(ocean, Config{}).Catalog(t.Context())
	if err != nil {
		t.Fatalf("catalog: %v", err)
	}
	everywhere := []string{"nyc3", "fra1", "ams3", "sgp1", "sfo3"}
	want := dictumal.Catalog{
		Regions: []dictumal.Region{
			{Slug: "nyc3", Name: "New York 3"},
			{Slug: "fra1", Name: "Frankfurt 1"},
			{Slug: "ams3", Name: "Amsterdam 3"},
			{Slug: "sgp1", Name: "Singapore 1"},
			{Slug: "sfo3", Name: "San Francisco 3"},
		},
		Sizes: []dictumal.Size{
			{Slug: "s-1vcpu-512mb-10gb", VCPUs: 1, MemoryMB: 512, DiskGB: 10, PricePerHour: 0.00595, PricePerMonth: 4, Regions: []string{"nyc3", "fra1", "ams3", "sfo3"}},
			{Slug: "s-1vcpu-1gb", VCPUs: 1, MemoryMB: 1024, DiskGB: 25, PricePerHour: 0.00893, PricePerMonth: 6, Regions: everywhere},
			{Slug: "s-1vcpu-2gb", VCPUs: 1, MemoryMB: 2048, DiskGB: 50, PricePerHour: 0.01786, PricePerMonth: 12, Regions: everywhere},
			{Slug: "s-2vcpu-2gb", VCPUs: 2, MemoryMB: 2048, DiskGB: 60, PricePerHour: 0.02679, PricePerMonth: 18, Regions: everywhere},
			{Slug: "s-2vcpu-4gb", VCPUs: 2, MemoryMB: 4096, DiskGB: 80, PricePerHour: 0.03571, PricePerMonth: 24, Regions: everywhere},
			{Slug: "c-2", VCPUs: 2, MemoryMB: 4096, DiskGB: 25, PricePerHour: 0.0625, PricePerMonth: 42, Regions: []string{"nyc3", "fra1", "sgp1"}},
			{Slug: "s-4vcpu-8gb", VCPUs: 4, MemoryMB: 8192, DiskGB: 160, PricePerHour: 0.07143, PricePerMonth: 48, Regions: everywhere},
			{Slug: "g-2vcpu-8gb", VCPUs: 2, MemoryMB: 8192, DiskGB: 25, PricePerHour: 0.09375, PricePerMonth: 63, Regions: []string{"nyc3", "fra1", "ams3"}},
			{Slug: "s-8vcpu-16gb", VCPUs: 8, MemoryMB: 16384, DiskGB: 320, PricePerHour: 0.14286, PricePerMonth: 96, Regions: []string{"nyc3", "fra1", "ams3"}},
		},
		DefaultRegion: "nyc3",
		DefaultSize:   "s-1vcpu-2gb",
	}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Errorf("the catalog differs (-want +got):\n%s", difference)
	}
}

func TestTheDefaultsOfACatalog(t *testing.T) {
	region := func(slug string, sizes ...string) godo.Region {
		return godo.Region{Slug: slug, Available: true, Sizes: sizes}
	}
	size := func(slug string, memory int, price float64, regions ...string) godo.Size {
		return godo.Size{Slug: slug, Memory: memory, PriceHourly: price, Available: true, Regions: regions}
	}
	cases := []struct {
		name         string
		regions      []godo.Region
		sizes        []godo.Size
		region, size string
	}{
		{
			"the region that comes first in our order, not in theirs",
			[]godo.Region{region("blr1", "a"), region("fra1", "a")},
			[]godo.Size{size("a", 2048, 1, "blr1", "fra1")},
			"fra1", "a",
		},
		{"any region where none of ours is", []godo.Region{region("blr1", "a")}, []godo.Size{size("a", 2048, 1, "blr1")}, "blr1", "a"},
		{
			"the cheapest size with enough memory that the default region has",
			[]godo.Region{region("fra1", "small", "large"), region("ams3", "cheap")},
			[]godo.Size{size("large", 4096, 3, "fra1"), size("small", 1024, 1, "fra1"), size("cheap", 2048, 2, "ams3")},
			"fra1", "large",
		},
		{"any size where none has enough", []godo.Region{region("fra1", "small")}, []godo.Size{size("small", 512, 1, "fra1")}, "fra1", "small"},
		{"no size that only one side knows", []godo.Region{region("fra1", "a")}, []godo.Size{size("a", 2048, 1), size("b", 2048, 1, "fra1")}, "fra1", ""},
		{"nothing where there is nothing", nil, nil, "", ""},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			got := offer(test.regions, test.sizes)
			if got.DefaultRegion != test.region || got.DefaultSize != test.size {
				t.Errorf("the defaults are %q and %q, want %q and %q", got.DefaultRegion, got.DefaultSize, test.region, test.size)
			}
		})
	}
}

func TestTheCatalogIsReadAgainAfterTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ocean := oceantest.New(oceantest.Options{Token: token})
		provider := open(ocean, Config{})
		for _, moment := range []struct {
			after time.Duration
			want  int
		}{{0, 1}, {10*time.Minute - time.Second, 1}, {time.Second, 2}} {
			time.Sleep(moment.after)
			if _, err := provider.Catalog(t.Context()); err != nil {
				t.Fatalf("catalog: %v", err)
			}
			if got := count(ocean, "GET /v2/sizes"); got != moment.want {
				t.Errorf("the sizes were read %d times, want %d", got, moment.want)
			}
		}
	})
}

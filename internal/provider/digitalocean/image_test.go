package digitalocean

import (
	"testing"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestTheImageThatAMachineIsMadeFrom(t *testing.T) {
	change := func(slug string, change func(*oceantest.Image)) func(*oceantest.Catalog) {
		return func(c *oceantest.Catalog) {
			for i, image := range c.Images {
				if image.Slug != nil && *image.Slug == slug {
					change(&c.Images[i])
				}
			}
		}
	}
	add := func(slug string) func(*oceantest.Catalog) {
		return func(c *oceantest.Catalog) { c.Images = append(c.Images, oceantest.NewImage(9, slug, "Ubuntu", "x")) }
	}
	latest := Config{UseLatestUbuntu: true}
	const newest = "ubuntu-26-04-x64"
	cases := []struct {
		name   string
		config Config
		region string
		change func(*oceantest.Catalog)
		want   string
	}{
		{"what the bootstrap is tested on", Config{}, "fra1", nil, "ubuntu-24-04-x64"},
		{"the newest with long-term support", latest, "fra1", nil, newest},
		{"not one that the region lacks", latest, "sgp1", nil, "ubuntu-24-04-x64"},
		{"not one of October", latest, "fra1", add("ubuntu-28-10-x64"), newest},
		{"not one of an odd year", latest, "fra1", add("ubuntu-27-04-x64"), newest},
		{"not another distribution's", latest, "fra1", add("fedora-44-x64"), newest},
		{"not one of another kind", latest, "fra1", add("ubuntu-28-04-arm64"), newest},
		{"not one that is retired", latest, "fra1", change(newest, func(i *oceantest.Image) { i.Status = "retired" }), "ubuntu-24-04-x64"},
		{"not one that needs a larger disk", latest, "fra1", change(newest, func(i *oceantest.Image) { i.MinDiskSize = 51 }), "ubuntu-24-04-x64"},
		{"one that just fits", latest, "fra1", change(newest, func(i *oceantest.Image) { i.MinDiskSize = 50 }), newest},
		{"the one that is set", Config{ImageSlug: "debian-13-x64"}, "fra1", nil, "debian-13-x64"},
		{"the one that is set, whatever is newest", Config{ImageSlug: "debian-13-x64", UseLatestUbuntu: true}, "fra1", nil, "debian-13-x64"},
		{"one of our own, by its id", Config{ImageSlug: "155133621"}, "fra1", nil, "155133621"},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			catalog := oceantest.DefaultCatalog()
			if test.change != nil {
				test.change(&catalog)
			}
			ocean := oceantest.New(oceantest.Options{Token: token, Catalog: &catalog})
			spec := spec()
			spec.Region = test.region
			if _, err := open(ocean, test.config).Create(t.Context(), spec); err != nil {
				t.Fatalf("create: %v", err)
			}
			if got := ocean.Droplets()[0].Image; got != test.want {
				t.Errorf("made from %s, want %s", got, test.want)
			}
		})
	}
}

func TestAnImageThatIsTooLargeIsRefused(t *testing.T) {
	catalog := oceantest.DefaultCatalog()
	for i := range catalog.Images {
		catalog.Images[i].MinDiskSize = 51
	}
	ocean := oceantest.New(oceantest.Options{Token: token, Catalog: &catalog})
	_, err := open(ocean, Config{}).Create(t.Context(), spec())
	got := refusal(t, err)
	want := `The image "ubuntu-24-04-x64" needs a disk of 51 GB, and the size "s-1vcpu-2gb" has 50 GB.`
	if got.Reason != dictumal.ReasonSizeUnavailable || got.Message != want {
		t.Errorf("refused for %s: %s", got.Reason, got.Message)
	}
}

func TestAPrivateImageIsNoUbuntu(t *testing.T) {
	size := dictumal.Size{DiskGB: 50}
	for public, want := range map[bool]string{true: "ubuntu-28-04-x64", false: ""} {
		images := []godo.Image{{Slug: "ubuntu-28-04-x64", Public: public, Regions: []string{"fra1"}}}
		if got := latestUbuntu(images, "fra1", size); got != want {
			t.Errorf("where it is public: %v, the latest is %q, want %q", public, got, want)
		}
	}
}

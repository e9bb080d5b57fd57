package incus

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// region is the only place where machines can be.
const region = "local"

// Catalog offers the sizes that this host can hold, for nothing.
func (p *Provider) Catalog(ctx context.Context) (dictumal.Catalog, error) {
	host, err := p.client.Resources(ctx)
	if err != nil {
		return dictumal.Catalog{}, p.explain("ask what this host has", err)
	}
	return catalog(host.CPU.Total, host.Memory.Total), nil
}

// Private

// size is what a size's name says.
type size struct{ cpus, gigabytes int }

var sizes = []size{{1, 1}, {1, 2}, {2, 2}, {2, 4}, {4, 8}, {8, 16}, {16, 32}}

func (s size) slug() string { return fmt.Sprintf("s-%dvcpu-%dgb", s.cpus, s.gigabytes) }

func parseSize(slug string) (size, bool) {
	for _, size := range sizes {
		if size.slug() == slug {
			return size, true
		}
	}
	return size{}, false
}

// sizeOf is the size whose limits an instance has; empty where somebody changed them.
func sizeOf(instance incus.Instance) string {
	for _, size := range sizes {
		if instance.ExpandedConfig["limits.cpu"] == size.cpuLimit() && instance.ExpandedConfig["limits.memory"] == size.memoryLimit() {
			return size.slug()
		}
	}
	return ""
}

func (s size) cpuLimit() string    { return fmt.Sprint(s.cpus) }
func (s size) memoryLimit() string { return fmt.Sprintf("%dGiB", s.gigabytes) }

// catalog leaves out what is more than the host has. The default is the largest
// up to 4 GiB, and at most half of the host's memory where there is a choice.
func catalog(cpus int, memory int64) dictumal.Catalog {
	offer := dictumal.Catalog{
		Regions:       []dictumal.Region{{Slug: region, Name: "This host"}},
		DefaultRegion: region,
	}
	for i, size := range sizes {
		bytes := int64(size.gigabytes) << 30
		if i > 0 && (size.cpus > max(cpus, 1) || bytes > memory) {
			break
		}
		offer.Sizes = append(offer.Sizes, dictumal.Size{
			Slug: size.slug(), VCPUs: size.cpus, MemoryMB: size.gigabytes << 10, Regions: []string{region},
		})
		if i == 0 || size.gigabytes <= 4 && bytes <= memory/2 {
			offer.DefaultSize = size.slug()
		}
	}
	return offer
}

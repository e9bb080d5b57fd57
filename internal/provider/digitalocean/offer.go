package digitalocean

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
)

// defaultMemory is the least that a desktop with Guacamole works with, in MB.
const defaultMemory = 2048

// Catalog offers the regions and sizes that can be ordered now, the cheapest
// first.
func (p *Provider) Catalog(ctx context.Context) (dictumal.Catalog, error) {
	offer, err := p.offer.get(ctx)
	offer.Regions, offer.Sizes = slices.Clone(offer.Regions), slices.Clone(offer.Sizes)
	return offer, err
}

// Private

func (p *Provider) readOffer(ctx context.Context) (dictumal.Catalog, error) {
	regions, err := pages(ctx, p.client.Regions.List)
	if err != nil {
		return dictumal.Catalog{}, p.explain("list regions", "regions:read", err)
	}
	sizes, err := pages(ctx, p.client.Sizes.List)
	if err != nil {
		return dictumal.Catalog{}, p.explain("list sizes", "sizes:read", err)
	}
	return offer(regions, sizes), nil
}

// choose finds a size that can be ordered in the region.
func (p *Provider) choose(ctx context.Context, region, slug string) (dictumal.Size, error) {
	offer, err := p.offer.get(ctx)
	if err != nil {
		return dictumal.Size{}, err
	}
	if !offer.HasRegion(region) {
		return dictumal.Size{}, refusalRegion(region, nil)
	}
	size, ok := offer.Size(slug)
	if !ok || !slices.Contains(size.Regions, region) {
		return dictumal.Size{}, refusalSize(slug, region, nil)
	}
	return size, nil
}

// offer keeps what is available. A size is in a region where both say so.
func offer(regions []godo.Region, sizes []godo.Size) dictumal.Catalog {
	var catalog dictumal.Catalog
	has := map[string][]string{}
	for _, region := range regions {
		if region.Available {
			catalog.Regions = append(catalog.Regions, dictumal.Region{Slug: region.Slug, Name: region.Name})
			has[region.Slug] = region.Sizes
		}
	}
	for _, size := range sizes {
		in := slices.DeleteFunc(slices.Clone(size.Regions), func(region string) bool {
			return !slices.Contains(has[region], size.Slug)
		})
		if size.Available && len(in) > 0 && !strings.HasPrefix(size.Slug, "gpu-") {
			catalog.Sizes = append(catalog.Sizes, dictumal.Size{
				Slug: size.Slug, VCPUs: size.Vcpus, MemoryMB: size.Memory, DiskGB: size.Disk,
				PricePerHour: price(size.PriceHourly), PricePerMonth: price(size.PriceMonthly), Regions: in,
			})
		}
	}
	slices.SortStableFunc(catalog.Sizes, func(a, b dictumal.Size) int {
		return cmp.Or(cmp.Compare(a.PricePerHour, b.PricePerHour), cmp.Compare(a.Slug, b.Slug))
	})
	catalog.DefaultRegion = defaultRegion(catalog)
	catalog.DefaultSize = defaultSize(catalog)
	return catalog
}

// price rounds away what the number's way through 32 bits has added.
func price(usd float64) float64 { return math.Round(usd*1e5) / 1e5 }

func defaultRegion(catalog dictumal.Catalog) string {
	for _, slug := range []string{"nyc3", "fra1", "ams3", "sgp1", "sfo3"} {
		if catalog.HasRegion(slug) {
			return slug
		}
	}
	if len(catalog.Regions) == 0 {
		return ""
	}
	return catalog.Regions[0].Slug
}

func defaultSize(catalog dictumal.Catalog) string {
	for _, size := range catalog.Sizes {
		if size.MemoryMB >= defaultMemory && slices.Contains(size.Regions, catalog.DefaultRegion) {
			return size.Slug
		}
	}
	if len(catalog.Sizes) == 0 {
		return ""
	}
	return catalog.Sizes[0].Slug
}

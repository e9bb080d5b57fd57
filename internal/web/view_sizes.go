package web

import (
	"fmt"
	"slices"

	"github.com/dictumal/dictumal"
)

// fewSizes is how many sizes are offered at first; clouds have a hundred.
const fewSizes = 8

// Private

// chooseSize lists the sizes that fit, and chooses the one that is wished or, where
// that does not fit, another that does.
func (f *DeployForm) chooseSize(catalog dictumal.Catalog, region dictumal.Region, stream dictumal.Stream, wished string) {
	var fitting []dictumal.Size
	for _, size := range catalog.Sizes {
		switch {
		case !offered(size, region.Slug):
		case tooSmall(size, stream):
			f.LeftOut = "Sizes under 2 GB are left out: Guacamole needs that much."
		default:
			fitting = append(fitting, size)
		}
	}
	if len(fitting) == 0 {
		f.Refusal = "No size in " + region.Name + " fits this stream; choose another region or stream."
		return
	}
	chosen := find(fitting, wished, catalog.DefaultSize)
	if chosen.Slug != wished {
		f.Notes = append(f.Notes, unfit(catalog, wished, region, stream)+" "+chosen.Slug+" is chosen instead.")
	}
	shown := fitting
	if !f.AllSizes {
		shown = few(fitting, chosen)
		f.More = len(fitting) - len(shown)
	}
	for _, size := range shown {
		choice := sizeChoice(size)
		choice.Chosen = size.Slug == chosen.Slug
		if choice.Chosen {
			f.Price = choice.Button
		}
		f.Sizes = append(f.Sizes, choice)
	}
}

func (f *DeployForm) size() string {
	for _, choice := range f.Sizes {
		if choice.Chosen {
			return choice.Value
		}
	}
	return ""
}

func offered(size dictumal.Size, region string) bool {
	return len(size.Regions) == 0 || slices.Contains(size.Regions, region)
}

func tooSmall(size dictumal.Size, stream dictumal.Stream) bool {
	return size.MemoryMB < stream.MinMemoryMB()
}

// find returns the first of the names that is there, or the first size of all.
func find(sizes []dictumal.Size, names ...string) dictumal.Size {
	for _, name := range names {
		for _, size := range sizes {
			if size.Slug == name {
				return size
			}
		}
	}
	return sizes[0]
}

// unfit says why a size cannot be chosen.
func unfit(catalog dictumal.Catalog, slug string, region dictumal.Region, stream dictumal.Stream) string {
	size, known := catalog.Size(slug)
	if known && offered(size, region.Slug) && tooSmall(size, stream) {
		return fmt.Sprintf("The size %s is too small for Guacamole, which needs 2 GB.", slug)
	}
	return fmt.Sprintf("The size %s is not offered in %s.", slug, region.Name)
}

// few keeps the cheapest of each kind, and the chosen one.
func few(sizes []dictumal.Size, chosen dictumal.Size) []dictumal.Size {
	if len(sizes) <= fewSizes {
		return sizes
	}
	type kind struct{ cpus, memory int }
	seen := map[kind]bool{}
	var kept []dictumal.Size
	for _, size := range sizes {
		fresh := !seen[kind{size.VCPUs, size.MemoryMB}]
		if size.Slug == chosen.Slug || (fresh && len(seen) < fewSizes) {
			kept = append(kept, size)
			seen[kind{size.VCPUs, size.MemoryMB}] = true
		}
	}
	return kept
}

func sizeChoice(size dictumal.Size) Choice {
	choice := Choice{Value: size.Slug, Words: sizeWords(size), Hour: "no charge", Button: "Deploy at no charge"}
	if size.PricePerHour > 0 {
		choice.Hour, choice.Month = money(size.PricePerHour)+" an hour", monthly(size.PricePerMonth)+" a month"
		choice.Button = "Deploy for " + choice.Hour
	}
	return choice
}

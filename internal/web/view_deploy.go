package web

import (
	"cmp"
	"crypto/rand"
	"fmt"

	"github.com/dictumal/dictumal"
)

// newDeployForm offers what the catalog has, with the document's wishes chosen.
func newDeployForm(c dictumal.Constitution, catalog dictumal.Catalog, traits dictumal.Traits) DeployForm {
	form := DeployForm{
		ID: c.ID, Title: c.Title, Version: c.Version, Key: rand.Text(), Shared: traits.SharedKernel,
		Sentence: deploySentence(c), Price: "Deploy",
	}
	region := cmp.Or(c.Policy.Machine.Region, catalog.DefaultRegion)
	for _, r := range catalog.Regions {
		form.Regions = append(form.Regions, Choice{Value: r.Slug, Words: cmp.Or(r.Name, r.Slug), Chosen: r.Slug == region})
	}
	size := cmp.Or(c.Policy.Machine.Size, catalog.DefaultSize)
	for _, s := range catalog.Sizes {
		choice := Choice{Value: s.Slug, Words: sizeWords(s), Hour: "no charge", Button: "Deploy at no charge", Chosen: s.Slug == size}
		if s.PricePerHour > 0 {
			choice.Hour, choice.Month = money(s.PricePerHour)+" an hour", money(s.PricePerMonth)+" a month"
			choice.Button = "Deploy for " + choice.Hour
		}
		if choice.Chosen {
			form.Price = choice.Button
		}
		form.Sizes = append(form.Sizes, choice)
	}
	return form
}

// Private

func deploySentence(c dictumal.Constitution) string {
	made := fmt.Sprintf("A Linux desktop on a machine of its own, governed by version %d", c.Version)
	if n := len(c.Policy.Software.Packages); n > 0 {
		made += ", with " + count(n, "package") + " more"
	}
	if ttl := c.Policy.Lifetime.TTL; ttl > 0 {
		return made + ". It is destroyed by itself after " + exactly(ttl) + "."
	}
	return made + ". It runs until it is destroyed."
}

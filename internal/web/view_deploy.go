package web

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/url"

	"github.com/dictumal/dictumal"
)

// wish is what somebody has chosen already; what is empty is left to the document
// and then to the defaults.
type wish struct {
	Region, Size string
	Stream       dictumal.Stream
	AllSizes     bool
}

// offer is what there is to choose from.
type offer struct {
	Catalog dictumal.Catalog
	Traits  dictumal.Traits
	Stream  dictumal.Stream // the default
}

// newDeployForm offers what fits together: the sizes of the chosen region that the
// chosen stream can run in. A wish that does not fit is answered with a sentence.
func newDeployForm(c dictumal.Constitution, from offer, want wish) DeployForm {
	form := DeployForm{
		ID: c.ID, Title: c.Title, Version: c.Version, Key: rand.Text(), Shared: from.Traits.SharedKernel,
		Sentence: deploySentence(c, from.Catalog), Price: "Deploy", AllSizes: want.AllSizes,
	}
	if len(from.Catalog.Sizes) == 0 {
		return form
	}
	stream := dictumal.Stream(cmp.Or(string(want.Stream), string(from.Stream)))
	form.Streams = []Choice{
		{Value: string(dictumal.Native), Words: "Native", More: "through this server", Chosen: stream == dictumal.Native},
		{Value: string(dictumal.Guacamole), Words: "Guacamole", More: "straight from the machine", Chosen: stream == dictumal.Guacamole},
	}
	region := form.chooseRegion(from.Catalog, cmp.Or(want.Region, c.Policy.Machine.Region, from.Catalog.DefaultRegion))
	form.chooseSize(from.Catalog, region, stream, cmp.Or(want.Size, c.Policy.Machine.Size, from.Catalog.DefaultSize))
	form.All = url.Values{
		"version": {fmt.Sprint(c.Version)}, "region": {region.Slug}, "stream": {string(stream)}, "size": {form.size()}, "all": {"1"},
	}.Encode()
	return form
}

// Private

// chooseRegion lists the regions, and returns the one that is wished or, where
// that is not on offer, the default.
func (f *DeployForm) chooseRegion(catalog dictumal.Catalog, wished string) dictumal.Region {
	if !catalog.HasRegion(wished) {
		f.Notes = append(f.Notes, fmt.Sprintf("The region %s is not on offer.", wished))
		wished = catalog.DefaultRegion
	}
	var chosen dictumal.Region
	for _, r := range catalog.Regions {
		r.Name = cmp.Or(r.Name, r.Slug)
		if r.Slug == wished {
			chosen = r
		}
		f.Regions = append(f.Regions, Choice{Value: r.Slug, Words: r.Name, Chosen: r.Slug == wished})
	}
	return chosen
}

func deploySentence(c dictumal.Constitution, catalog dictumal.Catalog) string {
	made := fmt.Sprintf("A Linux desktop on a machine of its own, governed by version %d", c.Version)
	if n := len(c.Policy.Software.Packages); n > 0 {
		made += ", with " + count(n, "package") + " more"
	}
	if ends := endsBy(c.Policy.Lifetime, catalog); ends != "" {
		return made + ". It is destroyed by itself " + ends + "."
	}
	return made + ". It runs until it is destroyed."
}

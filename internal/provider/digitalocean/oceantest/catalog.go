package oceantest

// Catalog is what can be ordered.
type Catalog struct {
	Regions []Region
	Sizes   []Size
	Images  []Image
}

// Region is a data centre.
type Region struct {
	Slug      string   `json:"slug"`
	Name      string   `json:"name"`
	Available bool     `json:"available"`
	Features  []string `json:"features"`
	Sizes     []string `json:"sizes"`
}

// Size is a kind of droplet. Memory is in MB, Disk in GB, Transfer in TB, prices
// are in USD.
type Size struct {
	Slug         string   `json:"slug"`
	Memory       int      `json:"memory"`
	VCPUs        int      `json:"vcpus"`
	Disk         int      `json:"disk"`
	Transfer     float32  `json:"transfer"`
	PriceMonthly float32  `json:"price_monthly"`
	PriceHourly  rounded  `json:"price_hourly"`
	Regions      []string `json:"regions"`
	Available    bool     `json:"available"`
	Description  string   `json:"description"`
}

// Image is what a droplet starts from. MinDiskSize and SizeGigabytes are in GB.
type Image struct {
	ID            int      `json:"id"`
	Name          string   `json:"name"`
	Type          string   `json:"type"`
	Distribution  string   `json:"distribution"`
	Slug          *string  `json:"slug"`
	Public        bool     `json:"public"`
	Regions       []string `json:"regions"`
	CreatedAt     string   `json:"created_at"`
	MinDiskSize   int      `json:"min_disk_size"`
	SizeGigabytes float32  `json:"size_gigabytes"`
	Description   string   `json:"description"`
	Tags          []string `json:"tags"`
	Status        string   `json:"status"`
}

// DefaultCatalog is a small part of the real one, with its public prices: six
// regions of which one takes no orders, sizes that some regions lack, and an
// image that one region lacks.
func DefaultCatalog() Catalog {
	catalog := Catalog{Regions: defaultRegions(), Sizes: defaultSizes(), Images: defaultImages()}
	for i, region := range catalog.Regions {
		for _, size := range catalog.Sizes {
			if contains(size.Regions, region.Slug) {
				catalog.Regions[i].Sizes = append(catalog.Regions[i].Sizes, size.Slug)
			}
		}
	}
	return catalog
}

// NewImage makes a public image of a distribution that every region has.
func NewImage(id int, slug, distribution, name string) Image {
	return Image{
		ID: id, Name: name, Type: "base", Distribution: distribution, Slug: &slug, Public: true,
		Regions: []string{"nyc3", "fra1", "ams3", "sgp1", "sfo3", "tor1"}, CreatedAt: "2026-04-27T15:04:05Z",
		MinDiskSize: 7, SizeGigabytes: 2.36, Description: distribution + " " + name, Tags: []string{}, Status: "available",
	}
}

// Region finds a region by its slug.
func (c Catalog) Region(slug string) (Region, bool) {
	for _, region := range c.Regions {
		if region.Slug == slug {
			return region, true
		}
	}
	return Region{}, false
}

// Size finds a size by its slug.
func (c Catalog) Size(slug string) (Size, bool) {
	for _, size := range c.Sizes {
		if size.Slug == slug {
			return size, true
		}
	}
	return Size{}, false
}

// Private

func defaultRegions() []Region {
	region := func(slug, name string, available bool) Region {
		return Region{Slug: slug, Name: name, Available: available, Sizes: []string{}, Features: []string{"backups", "ipv6", "metadata", "install_agent", "storage", "image_transfer"}}
	}
	return []Region{
		region("nyc3", "New York 3", true),
		region("fra1", "Frankfurt 1", true),
		region("ams3", "Amsterdam 3", true),
		region("sgp1", "Singapore 1", true),
		region("sfo3", "San Francisco 3", true),
		region("tor1", "Toronto 1", false),
	}
}

func defaultSizes() []Size {
	everywhere := []string{"nyc3", "fra1", "ams3", "sgp1", "sfo3", "tor1"}
	return []Size{
		{"s-1vcpu-512mb-10gb", 512, 1, 10, 0.5, 4, 0.00595, []string{"nyc3", "fra1", "ams3", "sfo3"}, true, "Basic"},
		{"s-1vcpu-1gb", 1024, 1, 25, 1, 6, 0.00893, everywhere, true, "Basic"},
		{"s-1vcpu-2gb", 2048, 1, 50, 2, 12, 0.01786, everywhere, true, "Basic"},
		{"s-2vcpu-2gb", 2048, 2, 60, 3, 18, 0.02679, everywhere, true, "Basic"},
		{"s-2vcpu-4gb", 4096, 2, 80, 4, 24, 0.03571, everywhere, true, "Basic"},
		{"s-4vcpu-8gb", 8192, 4, 160, 5, 48, 0.07143, everywhere, true, "Basic"},
		{"s-8vcpu-16gb", 16384, 8, 320, 6, 96, 0.14286, []string{"nyc3", "fra1", "ams3"}, true, "Basic"},
		{"c-2", 4096, 2, 25, 4, 42, 0.0625, []string{"nyc3", "fra1", "sgp1"}, true, "CPU-Optimized"},
		{"g-2vcpu-8gb", 8192, 2, 25, 4, 63, 0.09375, []string{"nyc3", "fra1", "ams3"}, true, "General Purpose"},
		{"m-2vcpu-16gb", 16384, 2, 50, 4, 84, 0.125, everywhere, false, "Memory-Optimized"},
		{"gpu-h100x1-80gb", 245760, 20, 720, 15, 2522.16, 3.39, []string{"nyc3", "tor1"}, true, "H100 GPU - 1X"},
	}
}

func defaultImages() []Image {
	images := []Image{
		NewImage(155_133_621, "ubuntu-22-04-x64", "Ubuntu", "22.04 (LTS) x64"),
		NewImage(195_932_981, "ubuntu-24-04-x64", "Ubuntu", "24.04 (LTS) x64"),
		NewImage(208_811_001, "ubuntu-25-10-x64", "Ubuntu", "25.10 x64"),
		NewImage(221_400_404, "ubuntu-26-04-x64", "Ubuntu", "26.04 (LTS) x64"),
		NewImage(150_002_213, "debian-12-x64", "Debian", "12 x64"),
		NewImage(201_700_013, "debian-13-x64", "Debian", "13 x64"),
	}
	images[3].Regions = []string{"nyc3", "fra1", "ams3", "sfo3", "tor1"} // not sgp1
	return images
}

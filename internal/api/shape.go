package api

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Deployment is a deployment as clients read it.
type Deployment struct {
	ID           string            `json:"id"`
	Status       dictumal.Status   `json:"status" enum:"PROVISIONING,CONFIGURING,ACTIVE,ERROR,DESTROYING,DESTROYED"`
	Progress     Progress          `json:"progress"`
	Constitution ConstitutionRef   `json:"constitution"`
	Provider     string            `json:"provider"`
	Stream       dictumal.Stream   `json:"stream" enum:"native,guacamole"`
	Rights       Rights            `json:"rights" doc:"What you may do with the desktop"`
	Region       string            `json:"region"`
	Size         string            `json:"size"`
	Machine      *string           `json:"machine" doc:"Name of the machine at the provider"`
	IP           *string           `json:"ip"`
	PricePerHour float64           `json:"pricePerHour" doc:"USD"`
	Cost         float64           `json:"cost" doc:"USD until now"`
	CreatedAt    time.Time         `json:"createdAt"`
	ActiveAt     *time.Time        `json:"activeAt"`
	ExpiresAt    *time.Time        `json:"expiresAt"`
	EndsAt       *time.Time        `json:"endsAt" doc:"When it ends by itself: by its lifetime or, if that is earlier, by its budget"`
	EndsBy       *dictumal.Clause  `json:"endsBy" enum:"lifetime.ttl,lifetime.budget" doc:"The clause that ends it then"`
	Budget       *Budget           `json:"budget" doc:"Null where the constitution sets none"`
	DestroyedAt  *time.Time        `json:"destroyedAt"`
	Error        *dictumal.Failure `json:"error"`
	Warning      *dictumal.Failure `json:"warning" doc:"What keeps it from going on at present, though it has not been given up"`
}

// Rights is what somebody may do with a desktop: what the constitution allows, or less
// where it is shared with them.
type Rights struct {
	Control   dictumal.Control   `json:"control" enum:"full,view-only"`
	Clipboard dictumal.Clipboard `json:"clipboard" enum:"none,copy,paste,both"`
}

// Progress is how far a deployment has come.
type Progress struct {
	Stage   dictumal.Stage          `json:"stage"`
	Percent int                     `json:"percent" minimum:"0" maximum:"100"`
	Checks  map[dictumal.Check]bool `json:"checks"`
}

// Budget is how much of a budget is used up.
type Budget struct {
	Limit   float64 `json:"limit" doc:"USD"`
	Spent   float64 `json:"spent" doc:"USD until now"`
	Percent int     `json:"percent" doc:"Rounded down"`
}

// ConstitutionRef names the version that governs a deployment.
type ConstitutionRef struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Version int    `json:"version"`
	Hash    string `json:"hash"`
}

// Constitution is a version of a constitution as clients read it.
type Constitution struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Version   int       `json:"version"`
	Hash      string    `json:"hash" doc:"SHA-256 of the document"`
	Document  string    `json:"document"`
	Policy    Policy    `json:"policy" doc:"What the front matter says, defaults filled in"`
	CreatedAt time.Time `json:"createdAt"`
}

// Catalog is what can be ordered.
type Catalog struct {
	Provider      string   `json:"provider"`
	Regions       []Region `json:"regions"`
	Sizes         []Size   `json:"sizes"`
	DefaultRegion string   `json:"defaultRegion"`
	DefaultSize   string   `json:"defaultSize"`
}

// Region is a place for machines.
type Region struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// Size is a kind of machine.
type Size struct {
	Slug          string   `json:"slug"`
	VCPUs         int      `json:"vcpus"`
	MemoryMB      int      `json:"memoryMb"`
	DiskGB        int      `json:"diskGb"`
	PricePerHour  float64  `json:"pricePerHour" doc:"USD"`
	PricePerMonth float64  `json:"pricePerMonth" doc:"USD"`
	Regions       []string `json:"regions"`
}

// Private

func shapeDeployment(d dictumal.Deployment) Deployment {
	now := time.Now()
	shaped := Deployment{
		ID: d.ID, Status: d.Status, Progress: shapeProgress(d),
		Constitution: ConstitutionRef{d.Constitution.ID, d.Constitution.Title, d.Constitution.Version, d.Constitution.Hash},
		Provider:     d.Provider, Stream: d.Stream, Rights: Rights(d.Policy.Stream), Region: d.Region, Size: d.Size,
		Machine: present(d.MachineName), IP: present(d.IP),
		PricePerHour: d.PricePerHour, Cost: d.Cost(now), Budget: shapeBudget(d, now),
		CreatedAt: d.CreatedAt, ActiveAt: present(d.ActiveAt), ExpiresAt: present(d.ExpiresAt), DestroyedAt: present(d.DestroyedAt),
		Error: d.Failure, Warning: d.Warning,
	}
	if ending, ok := d.Ending(); ok && d.Status.Live() {
		shaped.EndsAt, shaped.EndsBy = &ending.At, &ending.Clause
	}
	return shaped
}

func shapeBudget(d dictumal.Deployment, now time.Time) *Budget {
	limit, spent := d.Policy.Lifetime.Budget, d.Cost(now)
	if limit <= 0 {
		return nil
	}
	return &Budget{Limit: limit, Spent: spent, Percent: int(100 * spent / limit)}
}

// shapeProgress names every check, so that clients need not guess which exist.
func shapeProgress(d dictumal.Deployment) Progress {
	p := Progress{Stage: d.Progress.Stage, Percent: d.Progress.Stage.Percent(), Checks: make(map[dictumal.Check]bool)}
	for _, check := range dictumal.Checks(d.Stream) {
		p.Checks[check] = d.Progress.Checks[check]
	}
	return p
}

func shapeConstitution(c dictumal.Constitution) Constitution {
	return Constitution{
		ID: c.ID, Title: c.Title, Version: c.Version, Hash: c.Hash,
		Document: c.Document, Policy: shapePolicy(c.Policy), CreatedAt: c.CreatedAt,
	}
}

func shapeCatalog(provider string, c dictumal.Catalog) Catalog {
	shaped := Catalog{
		Provider: provider, Regions: make([]Region, 0, len(c.Regions)), Sizes: make([]Size, 0, len(c.Sizes)),
		DefaultRegion: c.DefaultRegion, DefaultSize: c.DefaultSize,
	}
	for _, r := range c.Regions {
		shaped.Regions = append(shaped.Regions, Region(r))
	}
	for _, s := range c.Sizes {
		shaped.Sizes = append(shaped.Sizes, Size(s))
	}
	return shaped
}

// present is nil for what is absent.
func present[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}

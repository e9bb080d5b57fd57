package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/control"
)

// Fleet is what the provider lists, compared with the deployments.
type Fleet struct {
	Provider string            `json:"provider"`
	Failure  *dictumal.Failure `json:"failure" doc:"Why the provider has not given its list, so that only the deployments tell; null: it has"`
	Machines []Machine         `json:"machines"`
	Totals   Totals            `json:"totals"`
	Spend    Spend             `json:"spend" doc:"Where you stand"`
	All      *Spend            `json:"installation" doc:"Where the installation stands; for admins"`
}

// Machine is one that the provider lists, or that a deployment may have.
type Machine struct {
	Name         *string          `json:"name"`
	ID           *string          `json:"id"`
	Standing     control.Standing `json:"standing" enum:"owned,unowned,being-made,being-removed,missing,unknown" doc:"owned and unowned are listed by the provider, the others are not"`
	Power        *dictumal.Power  `json:"power" enum:"new,active,off"`
	IP           *string          `json:"ip"`
	Size         *string          `json:"size"`
	CreatedAt    *time.Time       `json:"createdAt"`
	Deployment   *Owner           `json:"deployment" doc:"That owns it; null: none does"`
	Since        *time.Time       `json:"since" doc:"When it was first seen without an owner, or missing"`
	RemovedAt    *time.Time       `json:"removedAt" doc:"When it is removed since nobody owns it"`
	Kept         bool             `json:"kept" doc:"Nobody owns it, and it stays until an admin confirms"`
	PricePerHour *float64         `json:"pricePerHour" doc:"USD; null: not known"`
	Cost         *float64         `json:"cost" doc:"USD until now; null: not known"`
}

// Owner is the deployment that owns a machine.
type Owner struct {
	ID     string          `json:"id"`
	Title  string          `json:"title"`
	Status dictumal.Status `json:"status"`
	Email  string          `json:"owner"`
}

// Totals is a fleet in figures.
type Totals struct {
	Count    int     `json:"count"`
	Unowned  int     `json:"unowned"`
	Unpriced int     `json:"unpriced" doc:"Those whose cost is not known, and not in the sums"`
	Cost     float64 `json:"cost" doc:"USD until now"`
	PerHour  float64 `json:"costPerHour" doc:"USD"`
	Month    float64 `json:"costThisMonth" doc:"USD, what is gone included"`
}

// Spend is where somebody stands with what may be spent in a calendar month.
type Spend struct {
	Spent     float64  `json:"spent" doc:"USD this month"`
	Committed float64  `json:"committed" doc:"USD that what is there may still cost"`
	Cap       *float64 `json:"cap" doc:"USD; null: none"`
}

// FleetOutput answers with a fleet.
type FleetOutput struct{ Body Fleet }

// Provider is how the provider is doing.
type Provider struct {
	Name    string            `json:"name"`
	OK      bool              `json:"ok"`
	Failure *dictumal.Failure `json:"failure"`
	Since   *time.Time        `json:"since" doc:"Since when it is so"`
	Until   *time.Time        `json:"until" doc:"When it is asked again"`
}

// ProviderOutput answers with how the provider is doing.
type ProviderOutput struct{ Body Provider }

// Private

func (a *API) machines(described huma.API) {
	huma.Register(described, operation(http.MethodGet, "/api/machines", "list-machines",
		"Compare the provider's machines with the deployments: all for admins, your own else", http.StatusOK), a.fleet)
	huma.Register(described, operation(http.MethodGet, "/api/provider", "get-provider",
		"Tell how the provider is doing", http.StatusOK), a.provider)
}

func (a *API) fleet(ctx context.Context, _ *struct{}) (*FleetOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	fleet, err := a.Control.Machines(ctx, p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &FleetOutput{Body: shapeFleet(fleet)}, nil
}

func (a *API) provider(ctx context.Context, _ *struct{}) (*ProviderOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	health, err := a.Control.Health(p)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &ProviderOutput{Body: Provider{
		Name: a.Control.Traits().Name, OK: health.OK, Failure: health.Failure,
		Since: present(health.Since), Until: present(health.Until),
	}}, nil
}

func shapeFleet(f control.Fleet) Fleet {
	shaped := Fleet{
		Provider: f.Provider, Failure: f.Failure, Machines: make([]Machine, 0, len(f.Machines)),
		Totals: Totals(f.Totals()), Spend: shapeSpend(f.Own),
	}
	if f.Admin {
		all := shapeSpend(f.All)
		shaped.All = &all
	}
	for _, m := range f.Machines {
		shaped.Machines = append(shaped.Machines, shapeMachine(m))
	}
	return shaped
}

func shapeMachine(m control.Machine) Machine {
	shaped := Machine{
		Name: present(m.Name), ID: present(m.ID), Standing: m.Standing, Power: present(m.Power), IP: present(m.IP), Size: present(m.Size),
		CreatedAt: present(m.CreatedAt), Since: present(m.Since), RemovedAt: present(m.RemovedAt), Kept: m.Kept,
	}
	if d := m.Deployment; d != nil {
		shaped.Deployment = &Owner{ID: d.ID, Title: d.Constitution.Title, Status: d.Status, Email: m.Email}
	}
	if m.Priced {
		shaped.PricePerHour, shaped.Cost = &m.PricePerHour, &m.Cost
	}
	return shaped
}

func shapeSpend(s control.Spend) Spend {
	return Spend{Spent: s.Spent, Committed: s.Committed, Cap: present(s.Cap)}
}

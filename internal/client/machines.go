package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/dictumal/dictumal"
)

// Fleet is what the provider lists, compared with the desktops.
type Fleet struct {
	Provider string            `json:"provider"`
	Failure  *dictumal.Failure `json:"failure"` // why there is no list
	Machines []Machine         `json:"machines"`
	Totals   Totals            `json:"totals"`
	Spend    Spend             `json:"spend"`
	All      *Spend            `json:"installation"` // nil: who asked is no admin
}

// Machine is one that the provider lists, or that a desktop may have.
type Machine struct {
	Name         *string         `json:"name"`
	ID           *string         `json:"id"`
	Standing     string          `json:"standing"`
	Power        *string         `json:"power"`
	IP           *string         `json:"ip"`
	Size         *string         `json:"size"`
	CreatedAt    *time.Time      `json:"createdAt"`
	Deployment   *MachineDesktop `json:"deployment"`
	Since        *time.Time      `json:"since"`
	RemovedAt    *time.Time      `json:"removedAt"`
	Kept         bool            `json:"kept"`
	PricePerHour *float64        `json:"pricePerHour"`
	Cost         *float64        `json:"cost"`
}

// MachineDesktop is the desktop that owns a machine.
type MachineDesktop struct {
	ID     string          `json:"id"`
	Title  string          `json:"title"`
	Status dictumal.Status `json:"status"`
	Owner  string          `json:"owner"`
}

// Totals is a fleet in figures.
type Totals struct {
	Count    int     `json:"count"`
	Unowned  int     `json:"unowned"`
	Unpriced int     `json:"unpriced"`
	Cost     float64 `json:"cost"`
	PerHour  float64 `json:"costPerHour"`
	Month    float64 `json:"costThisMonth"`
}

// Spend is where somebody stands with what may be spent in a month.
type Spend struct {
	Spent     float64  `json:"spent"`
	Committed float64  `json:"committed"`
	Cap       *float64 `json:"cap"`
}

// Health is how the provider is doing.
type Health struct {
	Name    string            `json:"name"`
	OK      bool              `json:"ok"`
	Failure *dictumal.Failure `json:"failure"`
	Since   *time.Time        `json:"since"`
	Until   *time.Time        `json:"until"`
}

// Receipt is what remains of a desktop whose machine is gone.
type Receipt struct {
	Deployment   string       `json:"deployment"`
	Constitution Constitution `json:"constitution"`
	Verdict      string       `json:"verdict"`
	Sentence     string       `json:"sentence"`
	Provider     string       `json:"provider"`
	Region       string       `json:"region"`
	Size         string       `json:"size"`
	Machine      *string      `json:"machine"`
	MachineID    *string      `json:"machineId"`
	OrderedAt    *time.Time   `json:"orderedAt"`
	ActiveAt     *time.Time   `json:"activeAt"`
	EndedAt      *time.Time   `json:"endedAt"`
	EndedBy      *string      `json:"endedBy"`
	GoneAt       *time.Time   `json:"goneAt"`
	Absences     int          `json:"absences"`
	AbsentSince  *time.Time   `json:"absentSince"`
	Observed     *string      `json:"observed"`
	RanSeconds   float64      `json:"ranSeconds"`
	PricePerHour float64      `json:"pricePerHour"`
	Rule         string       `json:"rule"`
	Cost         float64      `json:"cost"`
}

// Machines compares what the provider lists with the desktops.
func (c *Client) Machines(ctx context.Context) (Fleet, error) {
	var fleet Fleet
	err := c.call(ctx, http.MethodGet, "/api/machines", nil, &fleet)
	return fleet, err
}

// Health asks how the provider is doing.
func (c *Client) Health(ctx context.Context) (Health, error) {
	var health Health
	err := c.call(ctx, http.MethodGet, "/api/provider", nil, &health)
	return health, err
}

// Receipt returns what remains of a desktop whose machine is gone.
func (c *Client) Receipt(ctx context.Context, id string) (Receipt, error) {
	var receipt Receipt
	err := c.call(ctx, http.MethodGet, "/api/deployments/"+url.PathEscape(id)+"/receipt", nil, &receipt)
	return receipt, err
}

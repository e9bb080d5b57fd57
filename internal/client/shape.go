package client

import (
	"time"

	"github.com/dictumal/dictumal"
)

// Constitution is a version of a constitution.
type Constitution struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Version  int    `json:"version"`
	Hash     string `json:"hash"`
	Document string `json:"document,omitempty"`
}

// Deployment is a desktop.
type Deployment struct {
	ID           string            `json:"id"`
	Status       dictumal.Status   `json:"status"`
	Progress     Progress          `json:"progress"`
	Constitution Constitution      `json:"constitution"`
	Provider     string            `json:"provider"`
	Stream       dictumal.Stream   `json:"stream"`
	Region       string            `json:"region"`
	Size         string            `json:"size"`
	Machine      *string           `json:"machine"`
	IP           *string           `json:"ip"`
	PricePerHour float64           `json:"pricePerHour"` // USD
	Cost         float64           `json:"cost"`         // USD until now
	CreatedAt    time.Time         `json:"createdAt"`
	ActiveAt     *time.Time        `json:"activeAt"`
	ExpiresAt    *time.Time        `json:"expiresAt"`
	EndsAt       *time.Time        `json:"endsAt"` // by itself, by whichever clause comes first
	EndsBy       *dictumal.Clause  `json:"endsBy"`
	Budget       *Budget           `json:"budget"`
	Warning      *dictumal.Failure `json:"warning"`
	Error        *dictumal.Failure `json:"error"`
}

// Budget is how much of a budget is used up.
type Budget struct {
	Limit   float64 `json:"limit"` // USD, as is the next
	Spent   float64 `json:"spent"`
	Percent int     `json:"percent"`
}

// Destruction is what became of one of several desktops that were to be destroyed.
type Destruction struct {
	ID     string          `json:"id"`
	Status dictumal.Status `json:"status,omitempty"`
	Error  *Refusal        `json:"error,omitempty"`
}

// Refusal is why one of several could not be done.
type Refusal struct {
	Code   dictumal.Code `json:"code"`
	Detail string        `json:"detail"`
}

// Unowned is a machine that no desktop owns.
type Unowned struct {
	Name  string    `json:"name"`
	ID    string    `json:"id"`
	Since time.Time `json:"since"`
	Kept  bool      `json:"kept"` // until somebody confirms
}

// Progress is how far a deployment has come.
type Progress struct {
	Stage   dictumal.Stage          `json:"stage"`
	Percent int                     `json:"percent"`
	Checks  map[dictumal.Check]bool `json:"checks"`
}

// Order asks for a desktop. What is left out comes from the document, and then
// from the server.
type Order struct {
	ConstitutionID string          `json:"constitutionId"`
	Version        int             `json:"version,omitempty"`
	Region         string          `json:"region,omitempty"`
	Size           string          `json:"size,omitempty"`
	Stream         dictumal.Stream `json:"stream,omitempty"`
}

// Server is what a server says of itself.
type Server struct {
	URL     string `json:"url"` // as browsers reach it
	Version string `json:"version"`
}

// Live tells whether the desktop is there or will be.
func (d Deployment) Live() bool {
	return d.Status.Live()
}

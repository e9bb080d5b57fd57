package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/dictumal/dictumal/internal/control"
)

// Receipt is what remains of a deployment whose machine is gone.
type Receipt struct {
	Deployment   string          `json:"deployment"`
	Constitution ConstitutionRef `json:"constitution"`
	Verdict      control.Verdict `json:"verdict" enum:"confirmed,unconfirmed,nothing-made"`
	Sentence     string          `json:"sentence" doc:"The verdict for people"`
	Provider     string          `json:"provider"`
	Region       string          `json:"region"`
	Size         string          `json:"size"`
	Machine      *string         `json:"machine" doc:"Name of the machine at the provider"`
	MachineID    *string         `json:"machineId"`
	OrderedAt    *time.Time      `json:"orderedAt"`
	ActiveAt     *time.Time      `json:"activeAt"`
	EndedAt      *time.Time      `json:"endedAt" doc:"When its end was asked for, or came"`
	EndedBy      *string         `json:"endedBy" doc:"By whom, or by which clause"`
	GoneAt       *time.Time      `json:"goneAt" doc:"When the machine was proven to be gone"`
	Absences     int             `json:"absences" doc:"How often the provider was seen without it"`
	AbsentSince  *time.Time      `json:"absentSince" doc:"The first time"`
	Observed     *string         `json:"observed" doc:"The same for people"`
	RanSeconds   float64         `json:"ranSeconds"`
	PricePerHour float64         `json:"pricePerHour" doc:"USD"`
	Rule         string          `json:"rule" doc:"How the provider charges"`
	Cost         float64         `json:"cost" doc:"USD"`
}

// ReceiptOutput answers with a receipt.
type ReceiptOutput struct{ Body Receipt }

// Private

func (a *API) receipts(described huma.API) {
	huma.Register(described, operation(http.MethodGet, "/api/deployments/{id}/receipt", "get-receipt",
		"Show what remains of a deployment whose machine is gone", http.StatusOK, 404, 409), a.receipt)
}

func (a *API) receipt(ctx context.Context, in *DeploymentInput) (*ReceiptOutput, error) {
	p, err := a.principal(ctx)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	r, err := a.Control.Receipt(ctx, p, in.ID)
	if err != nil {
		return nil, a.problem(ctx, err)
	}
	return &ReceiptOutput{Body: shapeReceipt(r)}, nil
}

func shapeReceipt(r control.Receipt) Receipt {
	d := r.Deployment
	return Receipt{
		Deployment:   d.ID,
		Constitution: ConstitutionRef{d.Constitution.ID, d.Constitution.Title, d.Constitution.Version, d.Constitution.Hash},
		Verdict:      r.Verdict, Sentence: r.Sentence, Provider: d.Provider, Region: d.Region, Size: d.Size,
		Machine: present(d.MachineName), MachineID: present(d.MachineID), OrderedAt: present(d.OrderedAt), ActiveAt: present(d.ActiveAt),
		EndedAt: present(r.Ended.At), EndedBy: present(r.Ended.Text), GoneAt: present(d.MachineGoneAt),
		Absences: d.Proof.Absences, AbsentSince: present(d.Proof.Since), Observed: present(r.Observed),
		RanSeconds: r.Ran.Seconds(), PricePerHour: d.PricePerHour, Rule: r.Rule, Cost: r.Cost,
	}
}

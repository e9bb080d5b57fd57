package simulation

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
)

// Private

// asks has the ledger see that a call about a machine is made by the worker who may.
func (p provider) asks(ctx context.Context, id string) {
	p.cloud.Do(func(now time.Time) {
		if b := p.cloud.bodies[id]; b != nil && ctx.Err() == nil {
			p.cloud.Asked(now, b.deployment, p.name)
		}
	})
}

// sweeps has the ledger see that a call of a sweep is made by the replica that may.
func (p provider) sweeps(ctx context.Context) {
	if p.sweeping && ctx.Err() == nil {
		p.cloud.Do(func(now time.Time) { p.cloud.Sweeps(now, p.name) })
	}
}

// sends is when the order was written down that is sent now.
func (p provider) sends(ctx context.Context, spec dictumal.MachineSpec) (sent time.Time) {
	p.cloud.Do(func(now time.Time) {
		if sent = now; ctx.Err() == nil {
			p.cloud.Asked(now, spec.Deployment, p.name)
		}
		if page := p.cloud.pages[spec.Deployment]; page != nil && page.name == spec.Name && !page.sentAt.IsZero() {
			sent = page.sentAt
		}
	})
	return sent
}

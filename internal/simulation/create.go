package simulation

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
)

// Private

// create carries an order out, in one of the ways in which that goes wrong.
func (p provider) create(ctx context.Context, spec dictumal.MachineSpec, sent time.Time) (made dictumal.Machine, err error) {
	object := "create " + spec.Deployment
	if err := p.travel(ctx, object, .5); err != nil {
		return dictumal.Machine{}, err
	}
	fault := p.fault(object, onCreate)
	if err := fault.before(); err != nil {
		return dictumal.Machine{}, err
	}
	if fault == Dropped {
		<-ctx.Done()
		p.cloud.Do(func(now time.Time) {
			p.cloud.agenda.at(now.Add(p.between(object, 0, p.cloud.climate.Tardy)), func(now time.Time) {
				p.cloud.make(spec, sent, now, false)
			})
		})
		return dictumal.Machine{}, ctx.Err()
	}
	p.cloud.Do(func(now time.Time) {
		p.cloud.charge(now, true)
		made = p.cloud.make(spec, sent, now, false)
		if fault == Twice {
			made = p.cloud.make(spec, sent, now, true)
		}
	})
	if fault == After {
		return dictumal.Machine{}, errStorm
	}
	return made, nil
}

// seen is what the cloud lists of machines.
func (c *cloud) seen(now time.Time, bodies ...*body) (all []dictumal.Machine) {
	for _, b := range bodies {
		if c.lists(b, now) {
			all = append(all, b.seen(now))
		}
	}
	return all
}

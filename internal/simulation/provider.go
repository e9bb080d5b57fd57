package simulation

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
)

// provider is the cloud as one process sees it. It tells of no changes.
type provider struct {
	*life
	cloud    *cloud
	sweeping bool
}

var _ dictumal.Provider = provider{}

// Traits says what the climate says.
func (p provider) Traits() dictumal.Traits { return p.cloud.climate.Traits }

// Create sends an order.
func (p provider) Create(ctx context.Context, spec dictumal.MachineSpec) (made dictumal.Machine, err error) {
	p.order()
	sent := p.sends(ctx, spec)
	err = p.through(ctx, "create "+spec.Deployment, func(ctx context.Context) (err error) {
		made, err = p.create(ctx, spec, sent)
		return err
	})
	return made, err
}

// Find looks for machines by name.
func (p provider) Find(ctx context.Context, name string) (found []dictumal.Machine, err error) {
	var object string
	p.cloud.Do(func(now time.Time) {
		if object = p.cloud.names[name]; ctx.Err() == nil {
			p.cloud.Asked(now, object, p.name)
		}
	})
	err = p.look(ctx, "find "+object, onRead, func(now time.Time) error {
		found = p.cloud.seen(now, p.cloud.named[name]...)
		return nil
	})
	return found, err
}

// Inspect looks for a machine by its id.
func (p provider) Inspect(ctx context.Context, id string) (m dictumal.Machine, err error) {
	p.asks(ctx, id)
	err = p.look(ctx, "inspect "+id, onRead, func(now time.Time) error {
		b := p.cloud.bodies[id]
		if b == nil || !p.cloud.shows(b, now) {
			return dictumal.ErrMachineNotFound
		}
		m = b.seen(now)
		return nil
	})
	return m, err
}

// List looks for all machines.
func (p provider) List(ctx context.Context) (all []dictumal.Machine, err error) {
	p.sweeps(ctx)
	err = p.look(ctx, "list", onList, func(now time.Time) error {
		for _, b := range p.cloud.bodies {
			all = append(all, p.cloud.seen(now, b)...)
		}
		slices.SortFunc(all, func(a, b dictumal.Machine) int { return strings.Compare(a.ID, b.ID) })
		return nil
	})
	return all, err
}

// Start switches a machine on.
func (p provider) Start(ctx context.Context, id string) error {
	p.asks(ctx, id)
	return p.change(ctx, "start "+id, func(now time.Time, fault Fault) error {
		b := p.cloud.bodies[id]
		if b == nil {
			return dictumal.ErrMachineNotFound
		}
		if fault != Ignored {
			p.cloud.switched(now, b, false)
		}
		return nil
	})
}

// Destroy begins the removal of a machine.
func (p provider) Destroy(ctx context.Context, id string) error {
	if p.sweeping {
		p.sweeps(ctx)
	} else {
		p.asks(ctx, id)
	}
	return p.change(ctx, "destroy "+id, func(now time.Time, fault Fault) error {
		if p.sweeping {
			p.cloud.Swept(now, id)
		}
		if fault != Ignored {
			p.cloud.destroy(now, id)
		}
		return nil
	})
}

// Catalog offers nothing, which nobody asks for here.
func (p provider) Catalog(context.Context) (dictumal.Catalog, error) {
	return dictumal.Catalog{}, nil
}

// Private

// look is a call that reads.
func (p provider) look(ctx context.Context, object string, faults odds, read func(now time.Time) error) error {
	return p.through(ctx, object, func(ctx context.Context) error {
		if err := p.travel(ctx, object, .05); err != nil {
			return err
		}
		if err := p.fault(object, faults).before(); err != nil {
			return err
		}
		var err error
		p.cloud.Do(func(now time.Time) {
			p.cloud.charge(now, false)
			err = read(now)
		})
		return err
	})
}

// change is a call that writes.
func (p provider) change(ctx context.Context, object string, write func(now time.Time, fault Fault) error) error {
	return p.through(ctx, object, func(ctx context.Context) error {
		if err := p.travel(ctx, object, .5); err != nil {
			return err
		}
		fault := p.fault(object, onDestroy)
		if err := fault.before(); err != nil {
			return err
		}
		var err error
		p.cloud.Do(func(now time.Time) {
			p.cloud.charge(now, true)
			err = write(now, fault)
		})
		if fault == After {
			return errStorm
		}
		return err
	})
}

// fault is what goes wrong with a call this time.
func (p provider) fault(object string, faults odds) Fault {
	fault := faults.pick(p.roll("fault " + object))
	if fault != "" {
		p.tell(fault, "")
	}
	if fault == "" && p.storms() {
		fault = TooMany
		p.tell(fault, "")
	}
	return fault
}

// storms tells whether the cloud refuses everything for a moment, whoever asks.
func (p provider) storms() bool {
	now := time.Now()
	return p.stormy(now) && p.of("429 "+now.Truncate(20*time.Second).String()) < .04
}

// travel is the time that a call takes. A few take long.
func (p provider) travel(ctx context.Context, object string, share float64) error {
	number := p.next("travel " + object)
	if number >= share {
		return ctx.Err()
	}
	span := time.Duration(number / share * float64(3*time.Second))
	if number < share/20 {
		span *= 5
	}
	wait(ctx, span)
	return ctx.Err()
}

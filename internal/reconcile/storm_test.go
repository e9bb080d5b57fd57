package reconcile_test

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
)

// stormyProvider is a provider in trouble, as a process sees it that may die at
// every call. Only what the interface has is passed on: nobody tells of changes.
type stormyProvider struct {
	dictumal.Provider
	memory *providertest.Memory
	life   *life
	watch  observer
}

// observer is told of effects when they happen.
type observer interface {
	creating(spec dictumal.MachineSpec, again bool)
	destroying(id string)
}

func (p stormyProvider) Create(ctx context.Context, spec dictumal.MachineSpec) (made dictumal.Machine, err error) {
	err = p.life.through("create "+spec.Deployment, func() (err error) {
		made, err = p.create(ctx, spec)
		return err
	})
	return made, err
}

func (p stormyProvider) create(ctx context.Context, spec dictumal.MachineSpec) (dictumal.Machine, error) {
	carryOut := func(ctx context.Context, again bool) (dictumal.Machine, error) {
		p.watch.creating(spec, again)
		return p.memory.Create(ctx, spec)
	}
	switch roll := p.life.roll("create fault " + spec.Deployment); {
	case roll < 0.05: // lost on the way there
		return dictumal.Machine{}, errStorm
	case roll < 0.10: // carried out, and lost on the way back
		_, _ = carryOut(ctx, false)
		return dictumal.Machine{}, errStorm
	case roll < 0.14: // carried out twice
		_, _ = carryOut(ctx, true)
		return carryOut(ctx, true)
	case roll < 0.17:
		return dictumal.Machine{}, &dictumal.Refusal{
			Reason: dictumal.ReasonQuota, Message: "Too many requests.", NextStep: "Wait.", RetryAfter: 20 * time.Second,
		}
	case roll < 0.22: // carried out after the caller has given up
		<-ctx.Done()
		time.AfterFunc(10*time.Second, func() { _, _ = carryOut(context.WithoutCancel(ctx), false) })
		return dictumal.Machine{}, ctx.Err()
	}
	return carryOut(ctx, false)
}

func (p stormyProvider) Find(ctx context.Context, name string) (found []dictumal.Machine, err error) {
	err = p.read("find "+name, func() (err error) {
		if p.forgets(name) {
			return nil
		}
		found, err = p.memory.Find(ctx, name)
		return err
	})
	return found, err
}

func (p stormyProvider) Inspect(ctx context.Context, id string) (m dictumal.Machine, err error) {
	err = p.read("inspect "+id, func() (err error) {
		if p.forgets(id) {
			return dictumal.ErrMachineNotFound
		}
		m, err = p.memory.Inspect(ctx, id)
		return err
	})
	return m, err
}

func (p stormyProvider) List(ctx context.Context) (all []dictumal.Machine, err error) {
	err = p.read("list", func() (err error) {
		all, err = p.memory.List(ctx)
		return err
	})
	return all, err
}

func (p stormyProvider) Destroy(ctx context.Context, id string) error {
	return p.life.through("destroy "+id, func() error {
		roll := p.life.roll("destroy fault " + id)
		if roll < 0.05 {
			return errStorm
		}
		if roll < 0.10 {
			return nil // taken, and forgotten
		}
		p.watch.destroying(id)
		err := p.memory.Destroy(ctx, id)
		if roll < 0.15 {
			return errStorm
		}
		return err
	})
}

// forgets tells whether the provider misses a machine for a moment, as those do
// of which one absence is not enough.
func (p stormyProvider) forgets(object string) bool {
	return p.Traits().Absences > 1 && p.life.roll("forget "+object) < 0.05
}

func (p stormyProvider) read(object string, call func() error) error {
	return p.life.through(object, func() error {
		if p.life.roll(object+" fault") < 0.03 {
			return errStorm
		}
		return call()
	})
}

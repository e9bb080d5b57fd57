package incus

import (
	"context"
	"errors"
	"fmt"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// Start powers a machine on.
func (p *Provider) Start(ctx context.Context, id string) error {
	if _, err := p.Inspect(ctx, id); err != nil {
		return err
	}
	operation, err := p.client.StartInstance(ctx, id)
	err = finish(ctx, operation, err)
	switch {
	case err == nil || says(err, "already running", "instance is running"):
		return nil
	case says(err, "busy running"):
		return nil // it is being made or started at this moment
	case incus.NotFound(err):
		return dictumal.ErrMachineNotFound
	}
	return p.explain("start the machine "+id, err)
}

// Destroy powers a machine of this installation off at once and removes it with
// its disk.
func (p *Provider) Destroy(ctx context.Context, id string) error {
	if _, err := p.Inspect(ctx, id); errors.Is(err, dictumal.ErrMachineNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return p.remove(ctx, id)
}

// ForgetUserData removes the user-data from the machine's configuration. The
// machine has read it at its first boot and keeps its own copy, for root only.
func (p *Provider) ForgetUserData(ctx context.Context, id string) error {
	if _, err := p.Inspect(ctx, id); err != nil {
		return err
	}
	err := p.client.Configure(ctx, id, map[string]string{keyUserData: ""})
	if incus.NotFound(err) {
		return dictumal.ErrMachineNotFound
	}
	return p.explain("forget the user-data of "+id, err)
}

// Private

func (p *Provider) remove(ctx context.Context, name string) error {
	// One that is off cannot be stopped; what counts is whether it can be deleted.
	operation, err := p.client.StopInstance(ctx, name)
	stopErr := finish(ctx, operation, err)
	operation, err = p.client.DeleteInstance(ctx, name)
	err = finish(ctx, operation, err)
	if err == nil || incus.NotFound(err) {
		return nil
	}
	return fmt.Errorf("remove the machine %s: %w", name, errors.Join(err, stopErr))
}

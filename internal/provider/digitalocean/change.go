package digitalocean

import (
	"context"
	"errors"
	"net/http"

	"github.com/dictumal/dictumal"
)

// Start powers a machine of this installation on.
func (p *Provider) Start(ctx context.Context, id string) error {
	found, err := p.Inspect(ctx, id)
	if err != nil {
		return err
	}
	n, err := number(id)
	if err != nil {
		return err
	}
	_, response, err := p.client.DropletActions.PowerOn(ctx, n)
	err = p.doubt("start the machine "+id, "droplet:update", err)
	if answered(response, http.StatusNotFound) {
		err = dictumal.ErrMachineNotFound
	} else if says(err, "already powered on", "already on", "already active", "already running") {
		err = nil
	}
	p.note(found, running, err)
	return err
}

// Destroy removes a machine of this installation. One that is known to be ours is
// not looked at first, so that no removal waits for a look.
func (p *Provider) Destroy(ctx context.Context, id string) error {
	if err := ended(ctx); err != nil {
		return err
	}
	found, known := p.roster.known(id)
	if !known {
		var err error
		found, err = p.Inspect(ctx, id)
		if errors.Is(err, dictumal.ErrMachineNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	n, err := number(id)
	if err != nil {
		return err
	}
	response, err := p.client.Droplets.Delete(ctx, n)
	err = p.doubt("destroy the machine "+id, "droplet:delete", err)
	if answered(response, http.StatusNotFound) {
		err = nil
	}
	p.note(found, gone, err)
	if err == nil {
		p.roster.removed(id)
	}
	return err
}

// Private

// note lets the next look at a machine see what has become of it, unless nothing
// was done.
func (p *Provider) note(m dictumal.Machine, over func(dictumal.Machine, bool) bool, err error) {
	if _, refused := errors.AsType[*dictumal.Refusal](err); !refused {
		p.roster.changed(m, over)
	}
}

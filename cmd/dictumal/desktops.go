package main

import (
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

type listCommand struct{}

// Run lists the desktops that are not destroyed.
func (listCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	desktops, err := server.Deployments(w.ctx)
	if err != nil {
		return err
	}
	if desktops == nil {
		desktops = []client.Deployment{}
	}
	return w.answer(desktops, func() { w.table(desktops) })
}

type forgetCommand struct {
	ID string `arg:"" json:"id" help:"The desktop, as list shows it."`
}

// Run gives up a desktop whose machine will never be confirmed to be gone.
func (c forgetCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	if err := server.Forget(w.ctx, c.ID); err != nil {
		return err
	}
	return w.answer(c, func() {
		w.say("%s is forgotten. That its machine is gone is not confirmed: look at the provider.", c.ID)
	})
}

// Private

func (w *world) table(desktops []client.Deployment) {
	if len(desktops) == 0 {
		w.say("There are no desktops. Deploy one: dictumal up FILE")
		return
	}
	table := newColumns("ID", "STATE", "CONSTITUTION", "VERSION", "SIZE", "REGION", "ADDRESS", "LEFT", "COST")
	for _, d := range desktops {
		table.row(d.ID, state(d),
			d.Constitution.Title, d.Constitution.Version, d.Size, d.Region, address(d), left(d), cost(d))
	}
	w.say("%s", table)
}

func state(d client.Deployment) string {
	switch d.Status {
	case dictumal.Provisioning, dictumal.Configuring:
		return fmt.Sprintf("%s %d%%", d.Status, d.Progress.Percent)
	case dictumal.Active, dictumal.Errored, dictumal.Destroying, dictumal.Destroyed:
	}
	return string(d.Status)
}

func address(d client.Deployment) string {
	if d.IP == nil {
		return "-"
	}
	return *d.IP
}

func left(d client.Deployment) string {
	if d.EndsAt == nil {
		return "-"
	}
	minutes := int(max(time.Until(*d.EndsAt), 0) / time.Minute)
	return fmt.Sprintf("%d:%02d h", minutes/60, minutes%60)
}

func cost(d client.Deployment) string {
	if d.PricePerHour == 0 {
		return "-"
	}
	return fmt.Sprintf("$%.2f", d.Cost)
}

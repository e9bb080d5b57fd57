package main

import (
	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

type shareCommand struct {
	ID       string `arg:"" help:"The desktop, as list shows it."`
	Email    string `arg:"" help:"Who may open it: whoever signs in with this address."`
	ViewOnly bool   `help:"They may look at it and not touch it."`
}

// Run lets somebody else open a desktop.
func (c shareCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	var control dictumal.Control // as the constitution has it
	if c.ViewOnly {
		control = dictumal.ControlViewOnly
	}
	made, err := server.Share(w.ctx, c.ID, c.Email, control)
	if err != nil {
		return err
	}
	return w.answer(made, func() { w.say("%s may open %s, %s.", made.Email, c.ID, grantWords(made)) })
}

type unshareCommand struct {
	ID    string `arg:"" help:"The desktop, as list shows it."`
	Email string `arg:"" help:"Who may open it no longer."`
}

// Run takes back what somebody was given.
func (c unshareCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	if err := server.Unshare(w.ctx, c.ID, c.Email); err != nil {
		return err
	}
	return w.answer(struct{}{}, func() { w.say("%s may not open %s any more.", c.Email, c.ID) })
}

type grantsCommand struct {
	ID string `arg:"" help:"The desktop, as list shows it."`
}

// Run lists who else may open a desktop.
func (c grantsCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	list, err := server.Grants(w.ctx, c.ID)
	if err != nil {
		return err
	}
	return w.answer(list, func() { w.sayGrants(list) })
}

// Private

func (w *world) sayGrants(list []client.Grant) {
	if len(list) == 0 {
		w.say("Nobody but its owner may open this desktop.")
		return
	}
	table := newColumns("WHO", "MAY", "SINCE")
	for _, g := range list {
		table.row(g.Email, grantWords(g), moment(&g.CreatedAt))
	}
	w.say("%s", table)
}

func grantWords(g client.Grant) string {
	if g.Control == dictumal.ControlViewOnly {
		return "to look at it"
	}
	return "to look at it and to use it"
}

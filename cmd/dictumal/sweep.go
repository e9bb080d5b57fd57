package main

import (
	"time"

	"github.com/dictumal/dictumal/internal/client"
)

type sweepCommand struct {
	Confirm bool `help:"Let the server remove the listed ones, those that it keeps included."`
}

// Run lists the machines that no desktop owns.
func (c sweepCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	list, err := server.Unowned(w.ctx, c.Confirm)
	if err != nil {
		return err
	}
	return w.answer(list, func() { w.sayUnowned(list, c.Confirm) })
}

// Private

func (w *world) sayUnowned(list []client.Unowned, confirmed bool) {
	if len(list) == 0 {
		w.say("Every machine that the provider lists belongs to a desktop.")
		return
	}
	table := newColumns("MACHINE", "ID", "SEEN SINCE", "WHAT HAPPENS")
	kept := false
	for _, u := range list {
		kept = kept || u.Kept
		fate := "is removed after the grace time"
		if u.Kept && !confirmed {
			fate = "is kept: it is newer than every desktop was, as after a restored backup"
		}
		table.row(u.Name, u.ID, u.Since.Format(time.DateTime+" MST"), fate)
	}
	w.say("%s", table)
	if kept && !confirmed {
		w.say("Let those that are kept be removed, too, with: dictumal sweep --confirm")
	}
}

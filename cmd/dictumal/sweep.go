package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
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
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "MACHINE\tID\tSEEN SINCE\tWHAT HAPPENS")
	kept := false
	for _, u := range list {
		kept = kept || u.Kept
		fate := "is removed after the grace time"
		if u.Kept && !confirmed {
			fate = "is kept: it is newer than every desktop was, as after a restored backup"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", u.Name, u.ID, u.Since.Format(time.DateTime+" MST"), fate)
	}
	_ = table.Flush() // to memory
	w.say("%s", strings.TrimSuffix(text.String(), "\n"))
	if kept && !confirmed {
		w.say("Let those that are kept be removed, too, with: dictumal sweep --confirm")
	}
}

package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

type receiptCommand struct {
	ID string `arg:"" help:"The desktop that was destroyed."`
}

// Run shows what remains of a desktop whose machine is gone.
func (c receiptCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	receipt, err := server.Receipt(w.ctx, c.ID)
	if err != nil {
		return err
	}
	return w.answer(receipt, func() { w.sayReceipt(receipt) })
}

// Private

func (w *world) sayReceipt(r client.Receipt) {
	table := newColumns()
	line := func(name, value string) {
		if value != "" {
			table.row(name, value)
		}
	}
	line("Receipt", r.Deployment)
	line("Constitution", fmt.Sprintf("%s, version %d", r.Constitution.Title, r.Constitution.Version))
	line("SHA-256", r.Constitution.Hash)
	if r.Machine != nil {
		line("Machine", *r.Machine+identity(r.MachineID))
	}
	line("Kind", strings.Join([]string{r.Provider, r.Region, r.Size}, ", "))
	line("Ordered", stamp(r.OrderedAt))
	line("Active", stamp(r.ActiveAt))
	line("Ended", stamp(r.EndedAt))
	if r.EndedBy != nil {
		line("", *r.EndedBy)
	}
	line("Gone", stamp(r.GoneAt))
	if r.Observed != nil {
		line("", *r.Observed)
	}
	if r.RanSeconds > 0 {
		line("Ran", dictumal.Span(time.Duration(r.RanSeconds*float64(time.Second))))
		line("Price", fmt.Sprintf("$%.3f an hour. %s", r.PricePerHour, r.Rule))
	}
	line("Cost", fmt.Sprintf("$%.2f", r.Cost))
	w.say("%s\n%s", table, r.Sentence)
}

func identity(id *string) string {
	if id == nil {
		return ""
	}
	return " (" + *id + ")"
}

func stamp(at *time.Time) string {
	if at == nil {
		return ""
	}
	return moment(at)
}

package main

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

// applied is what `up` has to tell.
type applied struct {
	Deployment client.Deployment `json:"deployment"`
	Link       string            `json:"link"`
}

// Private

// apply brings the server to the state that the file asks for and prints the link.
func (c upCommand) apply(ctx context.Context, w *world, server *client.Client, draft client.Draft, bar *bar) error {
	version, changed, err := server.Apply(ctx, draft)
	if err != nil {
		return err
	}
	bar.Say("%s, version %d (%s)%s", version.Title, version.Version, dictumal.ShortHash(version.Hash), note(changed, "new", "unchanged"))
	desktop, ordered, err := server.Ensure(ctx, version)
	if err != nil {
		return err
	}
	bar.Say("Desktop %s in %s, %s%s", desktop.ID, desktop.Region, desktop.Size, note(ordered, "ordered", "there already"))
	desktop, err = server.Follow(ctx, desktop.ID, func(d client.Deployment) {
		bar.Report(d)
		bar.Warn(d)
	})
	bar.Stop()
	if err != nil {
		return err
	}
	if desktop.Status != dictumal.Active {
		return failed(desktop)
	}
	link, err := server.Launch(ctx, desktop.ID)
	if err != nil {
		return err
	}
	bar.Say("The link works once, within five minutes.")
	return w.answer(applied{desktop, link}, func() { w.say("%s", link) })
}

func note(yes bool, positive, negative string) string {
	if yes {
		return ": " + positive
	}
	return ": " + negative
}

func failed(d client.Deployment) error {
	if d.Error == nil {
		return fmt.Errorf("desktop %s is %s; deploy it again", d.ID, d.Status)
	}
	return fmt.Errorf("%s %s (%s, desktop %s)", d.Error.Cause, d.Error.NextStep, d.Error.Reason, d.ID)
}

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
)

type destroyCommand struct {
	IDs  []string `arg:"" name:"id" help:"The desktops, as list shows them."`
	Wait bool     `help:"Wait until the machines are gone."`
}

// Run destroys desktops. One that cannot be destroyed holds up none of the others.
func (c destroyCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	results, err := server.DestroyAll(w.ctx, c.IDs)
	if err == nil && c.Wait {
		err = w.awaitDestroyed(server, results)
	}
	if err != nil {
		return err
	}
	if err := w.answer(results, func() { w.sayDestroyed(results) }); err != nil {
		return err
	}
	return refusals(results)
}

type extendCommand struct {
	ID string        `arg:"" help:"The desktop, as list shows it."`
	By time.Duration `help:"By how long, such as 30m." default:"1h"`
}

// Run gives a desktop a later end.
func (c extendCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	desktop, err := server.Extend(w.ctx, c.ID, c.By)
	if err != nil {
		return err
	}
	return w.answer(desktop, func() {
		w.say("%s lives until %s now, which is %s from now.", desktop.ID, desktop.ExpiresAt.Local().Format(time.DateTime+" MST"), left(desktop))
	})
}

type retryCommand struct {
	ID string `arg:"" help:"The desktop that has failed, as list shows it."`
}

// Run deploys anew what has failed.
func (c retryCommand) Run(w *world) error {
	server, err := w.client()
	if err != nil {
		return err
	}
	desktop, err := server.Retry(w.ctx, c.ID)
	if err != nil {
		return err
	}
	return w.answer(desktop, func() { w.say("%s is tried again as %s.", c.ID, desktop.ID) })
}

// Private

// awaitDestroyed waits until nothing is left of what is being destroyed.
func (w *world) awaitDestroyed(server *client.Client, results []client.Destruction) error {
	for i := range results {
		if results[i].Error != nil {
			continue
		}
		gone, err := server.Follow(w.ctx, results[i].ID, func(client.Deployment) {})
		if err != nil {
			return err
		}
		results[i].Status = gone.Status
	}
	return nil
}

func (w *world) sayDestroyed(results []client.Destruction) {
	for _, result := range results {
		switch {
		case result.Error != nil: // which the end of the command tells
		case result.Status == dictumal.Destroyed:
			w.say("%s is destroyed.", result.ID)
		default:
			w.say("%s is being destroyed.", result.ID)
		}
	}
}

// refusals is what could not be done, each with its desktop where there are several.
func refusals(results []client.Destruction) error {
	var refused []error
	for _, result := range results {
		switch {
		case result.Error == nil:
		case len(results) == 1:
			return errors.New(result.Error.Detail)
		default:
			refused = append(refused, fmt.Errorf("%s: %s", result.ID, result.Error.Detail))
		}
	}
	return errors.Join(refused...)
}

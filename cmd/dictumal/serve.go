package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"

	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/config"
)

type serveCommand struct{}

// Run serves until the process is told to stop.
func (serveCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	server, err := w.open(cfg, w.log(w.stderr, cfg.Log))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- w.work(ctx, server) }() // nobody waits for the link to be written down
	if err := w.invite(server); err != nil {
		stop()
		return errors.Join(err, <-done)
	}
	return <-done
}

// Private

// invite tells where the server is and how to get in. Where people sign in by an
// identity provider, a link that makes whoever reads it the operator has no place
// in a log.
func (w *world) invite(server *app.App) error {
	if server.SignsInByProvider() {
		return w.greet(server.URL(), "")
	}
	link, err := server.SignInLink(w.ctx)
	if err != nil {
		return err
	}
	return w.greet(server.URL(), link)
}

func (w *world) open(cfg config.Config, log *slog.Logger) (*app.App, error) {
	return app.New(w.ctx, cfg, version, log)
}

// work runs the server until the context ends, and closes it.
func (w *world) work(ctx context.Context, server *app.App) error {
	err := server.Run(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		err = nil // it was told to stop
	}
	return errors.Join(err, server.Close())
}

// greeting tells where the server is.
type greeting struct {
	URL    string `json:"url"`
	SignIn string `json:"signIn,omitempty"`
}

func (w *world) greet(url, link string) error {
	return w.answer(greeting{URL: url, SignIn: link}, func() { w.say("Open %s", cmp.Or(link, url)) })
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/constitution"
)

type upCommand struct {
	File string `arg:"" help:"The constitution."`
}

// Run applies the file, deploys it, and prints the link to the desktop. A server
// that it had to start keeps serving.
func (c upCommand) Run(w *world) error {
	draft, err := c.read()
	if err != nil {
		return err
	}
	bar := newBar(w.stderr, w.json)
	defer bar.Stop()
	server, err := w.remote()
	if err != nil {
		return err
	}
	if server != nil {
		return c.apply(w.ctx, w, server, draft, bar)
	}
	cfg, err := w.config()
	if err != nil {
		return err
	}
	server = client.Local(cfg.ControlSocket(), cfg.URL.String())
	if _, err := server.Server(w.ctx); !errors.Is(err, client.ErrNoServer) {
		return errors.Join(err, c.apply(w.ctx, w, server, draft, bar))
	}
	return c.serve(w, cfg, draft, bar)
}

// Private

// read checks the file before anything is started for it.
func (c upCommand) read() (client.Draft, error) {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return client.Draft{}, fmt.Errorf("read the constitution: %w", err)
	}
	parsed, err := constitution.Parse(string(text))
	if refused, ok := errors.AsType[*dictumal.Error](err); ok {
		return client.Draft{}, &misfit{file: c.File, faults: refused.Faults, cause: err}
	}
	return client.Draft{Title: parsed.Title, Hash: parsed.Hash, Document: parsed.Document}, err
}

// serve starts a server in this process, applies the file to it, and goes on
// serving. It stops where the file could not be applied.
func (c upCommand) serve(w *world, cfg config.Config, draft client.Draft, bar *bar) error {
	server, err := w.open(cfg, w.log(bar, config.Log{JSON: cfg.Log.JSON, Level: max(cfg.Log.Level, slog.LevelWarn)}))
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(w.ctx)
	defer stop()
	var ended error
	var serving sync.WaitGroup
	serving.Go(func() {
		defer stop()
		ended = w.work(ctx, server)
	})
	err = c.begin(ctx, w, server, client.Local(cfg.ControlSocket(), server.URL()), draft, bar)
	if err == nil {
		bar.Say("Serving %s until Ctrl-C. Machines stay; the next start finds them.", server.URL())
	} else {
		stop()
	}
	serving.Wait()
	switch {
	case ended != nil: // why the file could not be applied, if it could not
		return ended
	case err != nil && w.ctx.Err() != nil:
		return errors.New("stopped before the desktop was ready; run it again to go on")
	}
	return err
}

// begin waits until the server answers and applies the file.
func (c upCommand) begin(ctx context.Context, w *world, server *app.App, local *client.Client, draft client.Draft, bar *bar) error {
	if err := answers(ctx, local); err != nil {
		return err
	}
	if err := w.invite(server); err != nil {
		return err
	}
	return c.apply(ctx, w, local, draft, bar)
}

// answers waits until the server does.
func answers(ctx context.Context, server *client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := server.Server(ctx)
		if !errors.Is(err, client.ErrNoServer) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}

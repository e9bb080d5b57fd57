package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/store"
)

type cleanCommand struct {
	Yes bool `help:"Do it."`
}

// Run removes every machine, image and network that this program made on this
// host. Documents and accounts stay.
func (c cleanCommand) Run(w *world) error {
	if !c.Yes {
		return usage{"This removes every machine, image and network that dictumal made on this host; add --yes to do it."}
	}
	cfg, err := w.config()
	if err != nil {
		return err
	}
	if cfg.Postgres() {
		return errors.New("the database is shared (DATABASE_URL), and other replicas may need what would be removed here; " +
			"destroy the desktops, stop every replica, and run it again without DATABASE_URL")
	}
	local := client.Local(cfg.ControlSocket(), cfg.URL.String())
	if _, err := local.Server(w.ctx); !errors.Is(err, client.ErrNoServer) {
		return errors.Join(err, errors.New("a server is running and would make machines again; stop it first"))
	}
	if err := c.end(w, cfg, local); err != nil {
		return err
	}
	return host.Clean(w.ctx, w.host(cfg))
}

// Private

// patience is how long machines may take to go in order. What is left then is
// removed from under its rows, which say so at the next start.
const patience = 30 * time.Second

// end ends what the rows of this folder know of. Those that have moved are the replicas',
// and no server works with what is left here.
func (c cleanCommand) end(w *world, cfg config.Config, local *client.Client) error {
	if _, err := os.Stat(cfg.Database()); err != nil {
		return nil //nolint:nilerr // there is nothing to end
	}
	if mark, moved := store.MovedFrom(w.ctx, cfg.DatabaseFile()); moved {
		_, err := fmt.Fprintf(w.narrator(), "The rows of this data folder have moved to %s; desktops there that have a machine here lose it.\n", mark.To)
		return err
	}
	return c.destroyAll(w, cfg, local)
}

// destroyAll ends the desktops in order before their machines are taken away, so
// that the next start does not find rows of desktops that nobody can open.
func (c cleanCommand) destroyAll(w *world, cfg config.Config, local *client.Client) error {
	cfg.Listen = "127.0.0.1:0" // no browser is expected
	server, err := w.open(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(w.ctx, patience)
	defer stop()
	var ended error
	var serving sync.WaitGroup
	serving.Go(func() {
		defer stop()
		ended = w.work(ctx, server)
	})
	err = destroyEach(ctx, local)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = nil
	}
	stop()
	serving.Wait()
	return errors.Join(err, ended)
}

func destroyEach(ctx context.Context, server *client.Client) error {
	if err := answers(ctx, server); err != nil {
		return err
	}
	desktops, err := server.Deployments(ctx)
	if err != nil {
		return err
	}
	for _, desktop := range desktops {
		if _, err := server.Destroy(ctx, desktop.ID); err != nil {
			return err
		}
	}
	for _, desktop := range desktops {
		if _, err := server.Follow(ctx, desktop.ID, func(client.Deployment) {}); err != nil {
			return err
		}
	}
	return nil
}

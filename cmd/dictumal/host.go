package main

import (
	"errors"
	"io"
	"log/slog"

	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/image"
	"github.com/dictumal/dictumal/internal/incus"
)

type setupCommand struct{}

// Run makes this host ready for machines.
func (setupCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	return host.Setup(w.ctx, w.host(cfg))
}

type imageCommand struct {
	Build buildCommand `cmd:"" help:"Make the desktop image out of the distribution's packages, unless it is there."`
}

type buildCommand struct {
	Force bool `help:"Make it anew even where it is there."`
	Plain bool `help:"Make dictumal-plain instead: a system without a desktop, which gets one at its first boot."`
	// Ubuntu is for those who try at home what droplets do.
	Ubuntu bool `help:"With --plain, make dictumal-plain-ubuntu, which is like what droplets run."`
}

// Run makes the desktop image.
func (c buildCommand) Run(w *world) error {
	cfg, err := w.config()
	if err != nil {
		return err
	}
	options := image.Options{
		Client: incus.New(cfg.Incus.Socket).Project(cfg.Incus.Project), Log: w.narrator(), Force: c.Force,
	}
	switch {
	case c.Plain && c.Ubuntu:
		return image.BuildPlainUbuntu(w.ctx, options)
	case c.Ubuntu:
		return errors.New("--ubuntu makes a plain image only; add --plain")
	case c.Plain:
		return image.BuildPlain(w.ctx, options)
	}
	options.Alias = cfg.Incus.Image
	return image.Build(w.ctx, options)
}

// Private

func (w *world) host(cfg config.Config) host.Options {
	return host.Options{Socket: cfg.Incus.Socket, Project: cfg.Incus.Project, Image: cfg.Incus.Image, Log: w.narrator()}
}

// narrator is where what is being done is told: to people as it comes, to
// programs as a log.
func (w *world) narrator() io.Writer {
	if !w.json {
		return w.stderr
	}
	return slog.NewLogLogger(w.log(w.stderr, config.Log{}).Handler(), slog.LevelInfo).Writer()
}

package main

import (
	"errors"

	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/host"
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
	local := client.Local(cfg.ControlSocket(), cfg.URL.String())
	if _, err := local.Server(w.ctx); !errors.Is(err, client.ErrNoServer) {
		return errors.Join(err, errors.New("a server is running and would make machines again; stop it first"))
	}
	return host.Clean(w.ctx, w.host(cfg))
}

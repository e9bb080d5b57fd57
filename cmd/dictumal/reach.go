package main

import (
	"encoding/json"

	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
)

// config reads the configuration.
func (w *world) config() (config.Config, error) { return config.Load(w.environ, w.envFile) }

// client returns a client of the server that this command line is about: the one
// that DICTUMAL_URL names, or else the one on this host.
func (w *world) client() (*client.Client, error) {
	if remote, err := w.remote(); remote != nil || err != nil {
		return remote, err
	}
	cfg, err := w.config()
	if err != nil {
		return nil, err
	}
	return client.Local(cfg.ControlSocket(), cfg.URL.String()), nil
}

// remote returns nil where DICTUMAL_URL is not set.
func (w *world) remote() (*client.Client, error) {
	address, token, err := config.LoadRemote(w.environ, w.envFile)
	if err != nil || address == "" {
		return nil, err
	}
	return client.Remote(address, token)
}

// answer writes a result: as JSON where that was asked for, else as people read it.
func (w *world) answer(value any, people func()) error {
	if !w.json {
		people()
		return w.out
	}
	encoder := json.NewEncoder(w.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

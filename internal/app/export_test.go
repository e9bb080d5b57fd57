package app

import (
	"net"

	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/server"
	"github.com/dictumal/dictumal/internal/store"
)

// Parts are what tests look into that begin with the whole program.
type Parts struct {
	Store    *store.Store
	Auth     *auth.Auth
	Server   *server.Server
	Listener net.Listener
}

// Parts returns the parts of a program that does not run.
func (a *App) Parts() Parts { return Parts{a.store, a.auth, a.server, a.listener} }

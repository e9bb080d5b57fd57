package app

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
	client "github.com/dictumal/dictumal/internal/incus"
)

// Private

// incusTime is how long Incus may take to say which one it is.
const incusTime = 5 * time.Second

// refuseOtherIncus keeps replicas from working with an Incus each: every one would take
// the machines of the others for gone, since they are in no list of its own. Where it
// cannot be told which one this is the program does not start: an Incus that is away now
// and comes back later would be looked into without ever having been compared.
func (a *App) refuseOtherIncus(ctx context.Context) error {
	if !a.config.Postgres() || a.config.Provider != "incus" {
		return nil
	}
	asked, cancel := context.WithTimeout(ctx, incusTime)
	defer cancel()
	server, err := client.New(a.config.Incus.Socket).Server(asked)
	own := server.Environment.Certificate
	if err != nil || own == "" {
		return dictumal.NewError(dictumal.CodeUnavailable, "Incus does not say at "+a.config.Incus.Socket+
			" which one it is, and all replicas must use the same one; see whether it runs (systemctl status incus) and lets this user in, or use DigitalOcean.").Wrap(err)
	}
	first, err := a.store.Setting(ctx, "incus", own)
	if err != nil || first == own {
		return err
	}
	return dictumal.NewError(dictumal.CodeConflict, "The machines in this database are at another Incus than the one at "+a.config.Incus.Socket+
		"; all replicas must use the same one: let INCUS_SOCKET lead to it, run the replicas on its host, or use DigitalOcean.")
}

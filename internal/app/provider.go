package app

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
	client "github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/metrics"
	"github.com/dictumal/dictumal/internal/provider/digitalocean"
	"github.com/dictumal/dictumal/internal/provider/incus"
)

// Private

func (a *App) provider(installation string) dictumal.Provider {
	if a.config.Provider == "digitalocean" {
		ocean := a.config.DigitalOcean
		return a.seams.ocean(digitalocean.New(digitalocean.Config{
			Token: ocean.Token, URL: ocean.URL, Installation: installation,
			ImageSlug: ocean.ImageSlug, UseLatestUbuntu: ocean.UseLatestUbuntu, SSHKeys: ocean.SSHKeys,
			Ledger: a.store, Shelf: a.shelf(), Transport: a.seams.transport(), Observe: func(c digitalocean.Call) {
				a.metrics.Called(metrics.Call{Name: c.Kind, Outcome: string(c.Outcome), Took: c.Duration, Left: c.Remaining})
			},
		}))
	}
	return incus.New(incus.Config{
		Socket: a.config.Incus.Socket, Project: a.config.Incus.Project, Image: a.config.Incus.Image, Installation: installation,
		Observe: func(c client.Call) {
			a.metrics.Called(metrics.Call{Name: c.Kind, Outcome: c.Outcome, Took: c.Duration, Left: -1})
		},
	})
}

// shelf is where replicas share what they have listed; nil where there is one process.
func (a *App) shelf() digitalocean.Shelf {
	if !a.config.Postgres() {
		return nil
	}
	return a.store
}

// refuseOrphans keeps a server from starting that could not see, and so would lose,
// machines that it has made at another provider.
func (a *App) refuseOrphans(ctx context.Context, provider dictumal.Provider) error {
	name := provider.Traits().Name
	count, err := a.store.ElsewhereCount(ctx, name)
	if err != nil || count == 0 {
		return err
	}
	return dictumal.NewError(dictumal.CodeConflict, fmt.Sprintf("The database knows of %d machines at another provider than %s; "+
		"set DICTUMAL_PROVIDER to the former one, destroy them, and then change it.", count, name))
}

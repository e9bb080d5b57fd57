package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest/container"
)

// containers prepares the project, and gives what removes it again if it was
// made here.
func containers(ctx context.Context, project, image string) (*container.Machines, func() error, error) {
	client := incus.New("")
	_, err := client.GetProject(ctx, project)
	remove := func() error { return nil }
	switch {
	case incus.NotFound(err):
		if err := host.MakeProject(ctx, client, project); err != nil {
			return nil, nil, err
		}
		remove = func() error {
			patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			return host.RemoveProject(patience, client, project)
		}
	case err != nil:
		return nil, nil, fmt.Errorf("look for the project %s: %w", project, err)
	}
	return container.New(client.Project(project), container.Options{Image: image, Profile: host.Profile}), remove, nil
}

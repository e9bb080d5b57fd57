package host

import (
	"context"
	"errors"
	"fmt"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

// MakeProject makes a project with the profile that machines need, or brings
// its profile up to date. Images are those of the project "default", which all
// projects share, so that one is stored and unpacked once.
func MakeProject(ctx context.Context, client *incus.Client, name string) error {
	_, err := client.GetProject(ctx, name)
	if incus.NotFound(err) {
		err = client.CreateProject(ctx, incus.Project{Name: name, Config: map[string]string{
			"features.images": "false", "features.networks": "false",
			"features.profiles": "true", "features.storage.volumes": "true", "features.storage.buckets": "true",
		}})
	}
	if err != nil {
		return fmt.Errorf("make the project %s: %w", name, err)
	}
	profile := incus.Profile{Name: Profile, Config: isolation.Profile(), Devices: map[string]incus.Device{
		"root": {"type": "disk", "path": "/", "pool": Pool},
		"eth0": isolation.NIC(Bridge, isolation.FrameFilter(ctx) == nil),
	}}
	if err := client.Project(name).PutProfile(ctx, profile); err != nil {
		return fmt.Errorf("make the profile %s: %w", Profile, err)
	}
	return nil
}

// RemoveProject removes a project with all its machines. A missing one is no
// error.
func RemoveProject(ctx context.Context, client *incus.Client, name string) error {
	own := client.Project(name)
	instances, err := own.Instances(ctx)
	if incus.NotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the machines of %s: %w", name, err)
	}
	for _, instance := range instances {
		if err := removeInstance(ctx, own, instance.Name); err != nil {
			return fmt.Errorf("remove the machine %s: %w", instance.Name, err)
		}
	}
	if err := own.DeleteProfile(ctx, Profile); err != nil && !incus.NotFound(err) {
		return fmt.Errorf("remove the profile %s: %w", Profile, err)
	}
	if err := client.DeleteProject(ctx, name); err != nil && !incus.NotFound(err) {
		return fmt.Errorf("remove the project %s: %w", name, err)
	}
	return nil
}

// Private

func (s *setup) project(ctx context.Context) error { return MakeProject(ctx, s.client, s.name) }

func removeInstance(ctx context.Context, client *incus.Client, name string) error {
	// One that is off cannot be stopped; what matters is whether it can be deleted.
	stopped, stopErr := client.StopInstance(ctx, name)
	if stopErr == nil {
		stopErr = stopped.Wait(ctx)
	}
	deleted, err := client.DeleteInstance(ctx, name)
	if err == nil {
		err = deleted.Wait(ctx)
	}
	if err == nil || incus.NotFound(err) {
		return nil
	}
	return errors.Join(err, stopErr)
}

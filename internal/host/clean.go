package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

// Clean removes what Setup, the image's build and tests have made, machines
// first. Packages and the daemon stay. What is missing is no error.
func Clean(ctx context.Context, options Options) error {
	s := newSetup(options)
	steps := []struct {
		what string
		do   func(context.Context) error
	}{
		{"remove machines and projects", s.removeProjects},
		{"remove images", s.removeImages},
		{"remove the bridge", s.removeBridge},
		{"remove the storage pool", s.removePool},
		{"close Docker's firewall", s.forbid},
		{"remove the wall around machines", s.removeWall},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	return nil
}

// Private

func (s *setup) removeProjects(ctx context.Context) error {
	projects, err := s.client.Projects(ctx)
	if err != nil {
		return err
	}
	for _, project := range projects {
		if project.Name != s.name && !strings.HasPrefix(project.Name, "dictumal-test-") {
			continue
		}
		s.say("Removing the project %s with its machines.", project.Name)
		if err := RemoveProject(ctx, s.client, project.Name); err != nil {
			return err
		}
	}
	return nil
}

// removeImages removes the images with our names; a machine of somebody else
// that was made from one keeps what it needs of it.
func (s *setup) removeImages(ctx context.Context) error {
	images, err := s.client.Images(ctx)
	if err != nil {
		return err
	}
	for _, image := range images {
		for _, alias := range image.Aliases {
			if alias.Name != s.image && !strings.HasPrefix(alias.Name, "dictumal-") {
				continue
			}
			s.say("Removing the image %s.", alias.Name)
			if err := s.client.DeleteImage(ctx, image.Fingerprint); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

func (s *setup) removeBridge(ctx context.Context) error {
	if err := s.client.DeleteNetwork(ctx, Bridge); err != nil && !incus.NotFound(err) {
		return err
	}
	return s.removeStrayBridge(ctx)
}

func (s *setup) removePool(ctx context.Context) error {
	if err := s.client.DeletePool(ctx, Pool); err != nil && !incus.NotFound(err) {
		return err
	}
	return nil
}

func (s *setup) removeWall(ctx context.Context) error {
	if systemdRuns() && exists(wallUnit) {
		if _, err := run(ctx, "systemctl", "disable", filepath.Base(wallUnit)); err != nil {
			return err
		}
	}
	for _, path := range []string{wallUnit, wallFile} {
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return isolation.Remove(ctx)
}

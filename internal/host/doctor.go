package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

// Finding is one thing that a host needs, whether it is there, and how to get it.
type Finding struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"`
}

// Doctor looks at everything that Setup makes, and changes nothing.
func Doctor(ctx context.Context, options Options) []Finding {
	s := newSetup(options)
	examinations := []struct {
		name string
		fix  string
		look func(context.Context) (detail string, err error)
	}{
		{"Packages", fixSetup, s.lookAtPackages},
		{"User ids for containers", fixSetup, s.lookAtUserIDs},
		{"Incus", fixSetup, s.lookAtDaemon},
		{"Storage pool", fixSetup, s.lookAtPool},
		{"Bridge", fixSetup, s.lookAtBridge},
		{"Wall around machines", fixSetup, s.lookAtWall},
		{"Address filter", "", s.lookAtFilter},
		{"Way out", fixForward, s.lookAtForwarding},
		{"Project and profile", fixSetup, s.lookAtProject},
		{"Desktop image", "Run `dictumal image build`.", s.lookAtImage},
	}
	var findings []Finding
	for _, examination := range examinations {
		finding := Finding{Name: examination.name, OK: true}
		detail, err := examination.look(ctx)
		if finding.Detail = detail; err != nil {
			finding.OK, finding.Detail, finding.Fix = false, err.Error(), examination.fix
		}
		findings = append(findings, finding)
	}
	return findings
}

// Private

const (
	fixSetup   = "Run `dictumal setup` as root."
	fixForward = "Run `dictumal setup` as root; where another firewall than Docker's drops forwarded packets, let " + Bridge + " through it."
)

func (s *setup) lookAtPackages(ctx context.Context) (string, error) {
	if missing := s.missingPackages(ctx); len(missing) > 0 {
		return "", fmt.Errorf("%s not installed", strings.Join(missing, ", "))
	}
	return "all installed", nil
}

func (s *setup) lookAtUserIDs(context.Context) (string, error) {
	for _, path := range []string{"/etc/subuid", "/etc/subgid"} {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		if !hasRange(string(text)) {
			return "", fmt.Errorf("%s gives root none", path)
		}
	}
	return "root has a range to lend", nil
}

func (s *setup) lookAtDaemon(ctx context.Context) (string, error) {
	server, err := s.client.Server(ctx)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("this user may not use %s (group incus-admin)", s.client.Socket())
	case err != nil:
		return "", fmt.Errorf("no answer at %s", s.client.Socket())
	}
	return "version " + server.Environment.ServerVersion, nil
}

func (s *setup) lookAtPool(ctx context.Context) (string, error) {
	pool, err := s.client.Pool(ctx, Pool)
	if err != nil {
		return "", err
	}
	space, err := s.client.PoolSpace(ctx, Pool)
	if err != nil {
		return "", err
	}
	free := float64(space.Total-space.Used) / (1 << 30)
	if pool.Driver != "btrfs" {
		return fmt.Sprintf("%s, %.1f GiB free; machines start faster on btrfs", pool.Driver, free), nil
	}
	return fmt.Sprintf("%s, %.1f GiB free", pool.Driver, free), nil
}

func (s *setup) lookAtBridge(ctx context.Context) (string, error) {
	network, err := s.client.Network(ctx, Bridge)
	if err != nil {
		return "", err
	}
	if !network.Managed || !exists("/sys/class/net/"+Bridge) {
		return "", fmt.Errorf("there is no bridge %s of Incus", Bridge)
	}
	return network.Config["ipv4.address"], nil
}

func (s *setup) lookAtWall(ctx context.Context) (string, error) {
	return "nftables table inet dictumal", isolation.Check(ctx, Bridge)
}

// lookAtFilter tells of something that cannot be got on every kernel, and that
// is the second wall only: neighbours do not reach each other either way.
func (s *setup) lookAtFilter(ctx context.Context) (string, error) {
	if err := isolation.FrameFilter(ctx); err != nil {
		return "not on this kernel: a machine could use a wrong address towards the internet", nil //nolint:nilerr // told
	}
	return "a machine can use its own MAC and IPv4 address only", nil
}

func (s *setup) lookAtProject(ctx context.Context) (string, error) {
	profile, err := s.client.Project(s.name).Profile(ctx, Profile)
	if err != nil {
		return "", fmt.Errorf("the profile %s in the project %s: %w", Profile, s.name, err)
	}
	if !isolation.Isolated(profile.Config, profile.Devices["eth0"]) {
		return "", fmt.Errorf("the profile %s lacks some of the isolation", Profile)
	}
	return s.name, nil
}

func (s *setup) lookAtImage(ctx context.Context) (string, error) {
	_, err := s.client.ResolveAlias(ctx, s.image)
	if incus.NotFound(err) {
		return "", fmt.Errorf("there is no image %s", s.image)
	}
	return s.image, err
}

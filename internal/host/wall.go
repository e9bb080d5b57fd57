package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/dictumal/dictumal/internal/incus/isolation"
)

// The wall is also kept in a file, which systemd loads at each boot before
// Incus starts the machines that ran.
const (
	wallFile = "/etc/dictumal/isolation.nft"
	wallUnit = "/etc/systemd/system/dictumal-isolation.service"
)

// wall loads the rules that keep machines from each other, the host and its
// networks.
func (s *setup) wall(ctx context.Context) error {
	if err := isolation.Check(ctx, Bridge); errors.Is(err, isolation.ErrMissing) {
		s.say("Building the wall around machines (nftables table inet dictumal).")
		if err := isolation.Apply(ctx, Bridge); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	if !systemdRuns() {
		return nil
	}
	return keepWall(ctx)
}

// Private

func keepWall(ctx context.Context) error {
	changed, err := write(wallFile, isolation.Rules(Bridge))
	if err != nil {
		return err
	}
	unitChanged, err := write(wallUnit, unit)
	if err != nil {
		return err
	}
	if !changed && !unitChanged {
		return nil
	}
	if _, err := run(ctx, "systemctl", "daemon-reload"); err != nil {
		return err
	}
	_, err = run(ctx, "systemctl", "enable", filepath.Base(wallUnit))
	return err
}

// write makes a file of root's, and tells whether it was another before.
func write(path, text string) (bool, error) {
	if present, err := os.ReadFile(path); err == nil && string(present) == text {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, fmt.Errorf("make the folder of %s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return false, fmt.Errorf("write %s: %w", path, err)
	}
	return true, nil
}

// unit loads the wall before Incus starts, and again when nftables.service loads
// the host's own rules, which empties the tables of everybody. It does not
// remain active, or that service could not start it again.
const unit = `[Unit]
Description=Wall around Dictumal's machines
After=nftables.service
Before=incus.service incus-startup.service

[Service]
Type=oneshot
ExecStart=/usr/sbin/nft -f ` + wallFile + `

[Install]
WantedBy=multi-user.target incus.service nftables.service
`

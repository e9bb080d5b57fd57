// Package isolation is the wall between machines, and between a machine and its
// host: the nftables table that the host must have, and the configuration that
// every machine gets. The host's set-up builds it; the provider makes no machine
// without it.
package isolation

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

var (
	// ErrMissing says that the table is not there, or is not the one for this bridge.
	ErrMissing = errors.New("the nftables table inet dictumal is missing or outdated")
	// ErrDenied says that this user may not look.
	ErrDenied = errors.New("only root, or a program with CAP_NET_ADMIN, may look at nftables")
)

// Rules is the ruleset for machines on a bridge, for nft -f. Loading it again
// replaces it in one step.
func Rules(bridge string) string {
	return strings.NewReplacer("BRIDGE", bridge, "STAMP", stamp(bridge)).Replace(rules)
}

// Apply loads the rules.
func Apply(ctx context.Context, bridge string) error {
	return nft(ctx, Rules(bridge), "-f", "-")
}

// Check finds out whether the rules for the bridge are loaded: ErrMissing where
// they are not, ErrDenied where this user cannot find out.
func Check(ctx context.Context, bridge string) error {
	err := nft(ctx, "", "list", "chain", "inet", "dictumal", stamp(bridge))
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "Operation not permitted"):
		return ErrDenied
	case strings.Contains(err.Error(), "No such file or directory"):
		return ErrMissing
	}
	return err
}

// Remove takes the rules away, if they are there.
func Remove(ctx context.Context) error {
	return nft(ctx, "table inet dictumal\ndelete table inet dictumal\n", "-f", "-")
}

// Private

//go:embed rules.nft
var rules string

// stamp names an empty chain after the text of the rules, which tells whether
// the loaded rules are these: nft prints rules back in words that vary with its
// version.
func stamp(bridge string) string {
	sum := sha256.Sum256([]byte(rules + "\n" + bridge))
	return "stamp_" + hex.EncodeToString(sum[:6])
}

func nft(ctx context.Context, input string, arguments ...string) error {
	command := exec.CommandContext(ctx, program(), arguments...)
	command.Stdin = strings.NewReader(input)
	var failure bytes.Buffer
	command.Stderr = &failure
	if err := command.Run(); err != nil {
		return fmt.Errorf("run nft: %w: %s", err, strings.TrimSpace(failure.String()))
	}
	return nil
}

// program looks in /usr/sbin too, which is not on everybody's path.
func program() string {
	if path, err := exec.LookPath("nft"); err == nil {
		return path
	}
	return "/usr/sbin/nft"
}

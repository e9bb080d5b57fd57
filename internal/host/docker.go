package host

import (
	"context"
	"fmt"
	"os/exec"
)

// docker lets machines out where Docker has set the policy for forwarded
// packets to drop: in the chain that Docker leaves to its host's owner, in each
// of the kernel's two packet filters that has it. The policy stays as it is, and
// the wall's own rules hold, since only a refusal is final.
func (s *setup) docker(ctx context.Context) error {
	for _, iptables := range dockerFilters(ctx) {
		for _, rule := range dockerRules() {
			if _, err := run(ctx, iptables, append([]string{"-w", "-C", "DOCKER-USER"}, rule...)...); err == nil {
				continue
			}
			s.say("Letting %s through DOCKER-USER (%s).", Bridge, iptables)
			if _, err := run(ctx, iptables, append([]string{"-w", "-I", "DOCKER-USER"}, rule...)...); err != nil {
				return fmt.Errorf("allow %s: %w", Bridge, err)
			}
		}
	}
	return nil
}

// Private

// dockerFilters names the programs whose packet filter has Docker's chain. Both
// exist on hosts that were moved from one to the other.
func dockerFilters(ctx context.Context) []string {
	var found []string
	for _, name := range []string{"iptables-nft", "iptables-legacy"} {
		if _, err := exec.LookPath(name); err != nil {
			continue
		}
		if _, err := run(ctx, name, "-w", "-n", "-L", "DOCKER-USER"); err == nil {
			found = append(found, name)
		}
	}
	return found
}

func dockerRules() [][]string {
	return [][]string{
		{"-i", Bridge, "-j", "ACCEPT"},
		{"-o", Bridge, "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"},
	}
}

package host

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// docker lets machines out where Docker has set the policy for forwarded
// packets to drop: in the chain that Docker leaves to its host's owner, in each
// of the kernel's two packet filters that has it. The policy stays as it is, and
// the wall's own rules hold, since only a refusal is final.
func (s *setup) docker(ctx context.Context) error {
	for _, filter := range filters() {
		for _, rule := range missingRules(ctx, filter) {
			s.say("Letting %s through DOCKER-USER (%s).", Bridge, filter)
			if _, err := iptables(ctx, filter, "-I", rule); err != nil {
				return fmt.Errorf("allow %s: %w", Bridge, err)
			}
		}
	}
	return nil
}

// Private

// filters names the programs for the kernel's packet filters that are there.
// Hosts that were moved from one to the other have both.
func filters() []string {
	var found []string
	for _, name := range []string{"iptables-nft", "iptables-legacy"} {
		if _, err := exec.LookPath(name); err == nil {
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

// missingRules lists the rules that Docker's chain lacks; where there is no such
// chain, none.
func missingRules(ctx context.Context, filter string) [][]string {
	if _, err := iptables(ctx, filter, "-S", nil); err != nil {
		return nil
	}
	var missing [][]string
	for _, rule := range dockerRules() {
		if _, err := iptables(ctx, filter, "-C", rule); err != nil {
			missing = append(missing, rule)
		}
	}
	return missing
}

func iptables(ctx context.Context, filter, verb string, rule []string) (string, error) {
	return run(ctx, filter, append([]string{"-w", verb, "DOCKER-USER"}, rule...)...)
}

// lookAtForwarding finds out whether packets of machines are dropped on their
// way out.
func (s *setup) lookAtForwarding(ctx context.Context) (string, error) {
	for _, filter := range filters() {
		if len(missingRules(ctx, filter)) > 0 {
			return "", fmt.Errorf("the chain DOCKER-USER (%s) does not let %s through", filter, Bridge)
		}
		policy, err := run(ctx, filter, "-w", "-S", "FORWARD")
		if err == nil && strings.Contains(policy, "-P FORWARD DROP") && !strings.Contains(policy, "DOCKER-USER") {
			return "", fmt.Errorf("%s drops what is forwarded", filter)
		}
	}
	return "nothing stands in it", nil
}

// forbid takes the rules out of Docker's chain again.
func (s *setup) forbid(ctx context.Context) error {
	for _, filter := range filters() {
		for _, rule := range dockerRules() {
			if _, err := iptables(ctx, filter, "-C", rule); err != nil {
				continue
			}
			if _, err := iptables(ctx, filter, "-D", rule); err != nil {
				return err
			}
		}
	}
	return nil
}

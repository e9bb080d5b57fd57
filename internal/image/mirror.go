package image

import (
	"context"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// mirrors is where this host takes the distribution's packages from. Without any,
// mmdebstrap's own default is used.
type mirrors struct {
	lines   []string // one-line apt sources
	options []string // apt.conf lines that say how to get there
}

// findMirrors asks the host's apt, so that a mirror or proxy that someone set up
// for the host serves its machines as well.
func findMirrors(ctx context.Context, release release) (mirrors, error) {
	targets, err := exec.CommandContext(ctx, "apt-get", "indextargets",
		"--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages").Output()
	if err != nil {
		return mirrors{}, fmt.Errorf("ask apt for the host's mirrors: %w", err)
	}
	settings, err := exec.CommandContext(ctx, "apt-config", "dump").Output()
	if err != nil {
		return mirrors{}, fmt.Errorf("ask apt for its settings: %w", err)
	}
	return mirrors{lines: sources(string(targets), release), options: transport(string(settings))}, nil
}

// sources turns the host's index targets into sources of a release. Another release
// of the distribution is served by the same mirrors; another distribution is not.
func sources(targets string, own release) []string {
	places := map[string]string{} // kind of suite to address
	for line := range strings.Lines(targets) {
		words := strings.Fields(line)
		if len(words) != 3 || words[2] != "main" {
			continue
		}
		release, kind, _ := strings.Cut(words[1], "-")
		if !slices.Contains(own.kin, release) {
			continue
		}
		if _, known := places[kind]; !known {
			places[kind] = words[0]
		}
	}
	if places[""] == "" {
		return nil
	}
	var lines []string
	for _, kind := range []string{"", "updates", "security"} {
		if places[kind] == "" {
			continue
		}
		lines = append(lines, fmt.Sprintf("deb %s %s %s", places[kind], strings.TrimSuffix(own.suite+"-"+kind, "-"), strings.Join(own.parts, " ")))
	}
	return lines
}

// transport keeps the settings about proxies and certificates, as apt.conf lines.
func transport(settings string) []string {
	var kept []string
	for line := range strings.Lines(settings) {
		line = strings.TrimSpace(line)
		name := strings.ToLower(line)
		if strings.HasPrefix(name, "acquire::http") && (strings.Contains(name, "proxy") || strings.Contains(name, "cainfo")) &&
			!strings.HasSuffix(line, `"";`) {
			kept = append(kept, line)
		}
	}
	return kept
}

package host

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/dictumal/dictumal"
)

// packages installs what is missing with the distribution's package manager.
func (s *setup) packages(ctx context.Context) error {
	missing := s.missingPackages(ctx)
	if len(missing) == 0 {
		return nil
	}
	if _, err := exec.LookPath("apt-get"); err != nil {
		return dictumal.NewError(dictumal.CodeUnavailable, "This host has no apt-get: install "+
			strings.Join(missing, ", ")+" with its own package manager and run setup again.")
	}
	if slices.Contains(missing, "incus-base") && s.release.codename == "bookworm" {
		if err := s.backports(); err != nil {
			return err
		}
		missing = fromBackports(missing)
	}
	s.say("Installing %s.", strings.Join(missing, ", "))
	_, err := run(ctx, "apt-get", "update", "-q")
	if err == nil {
		arguments := []string{"install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}
		_, err = run(ctx, "apt-get", append(arguments, missing...)...)
	}
	if err != nil {
		return dictumal.NewError(dictumal.CodeUnavailable, "The package manager could not install "+strings.Join(missing, ", ")+
			": look at its message, see that this host reaches its package sources, and run setup again.").Wrap(err)
	}
	return nil
}

// Private

// neededPackages lists what a host needs, Incus first.
func neededPackages(distribution release) []string {
	daemon := "incus-base"
	if distribution.codename == "noble" {
		daemon = "incus" // Ubuntu 24.04 has it in one piece
	}
	return []string{
		daemon, "incus-client", "btrfs-progs", "ca-certificates", "debian-archive-keyring",
		"dnsmasq-base", "mmdebstrap", "nftables", "squashfs-tools", "uidmap",
	}
}

// missingPackages lists what is not installed, in order. A host that runs Incus
// from elsewhere keeps it.
func (s *setup) missingPackages(ctx context.Context) []string {
	wanted := neededPackages(s.release)
	if _, err := s.client.Server(ctx); err == nil {
		wanted = wanted[2:]
	}
	// dpkg-query fails where any package is unknown, and still tells of the rest.
	output, _ := run(ctx, "dpkg-query", append([]string{"-W", "-f", "${Package} ${db:Status-Status}\n"}, wanted...)...)
	return slices.DeleteFunc(wanted, func(name string) bool {
		return strings.Contains("\n"+output, "\n"+name+" installed\n")
	})
}

// fromBackports asks for Incus from there, and for nothing else.
func fromBackports(names []string) []string {
	chosen := slices.Clone(names)
	for i, name := range chosen {
		if strings.HasPrefix(name, "incus-") {
			chosen[i] = name + "/bookworm-backports"
		}
	}
	return chosen
}

// backports adds Debian 12's backports, which have Incus, in a file of their own
// and from the mirror that the host uses already.
func (s *setup) backports() error {
	const path = "/etc/apt/sources.list.d/dictumal-backports.sources"
	sources, err := readSources("/etc/apt")
	if err != nil {
		return err
	}
	if strings.Contains(sources, "bookworm-backports") {
		return nil
	}
	archive, ok := mirror(sources)
	if !ok {
		return dictumal.NewError(dictumal.CodeUnavailable, "The package sources of this host name no archive of Debian: "+
			"add bookworm-backports of yours, which has Incus, and run setup again.")
	}
	text := "# Incus for Debian 12\nTypes: deb\nURIs: " + archive +
		"\nSuites: bookworm-backports\nComponents: main\n" +
		"Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
	s.say("Adding Debian's backports in %s.", path)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("add Debian's backports: %w", err)
	}
	return nil
}

func readSources(folder string) (string, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "sources.list.d", "*"))
	if err != nil {
		return "", fmt.Errorf("list package sources: %w", err)
	}
	var text strings.Builder
	for _, path := range append(paths, filepath.Join(folder, "sources.list")) {
		if !strings.HasSuffix(path, ".list") && !strings.HasSuffix(path, ".sources") {
			continue
		}
		content, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return "", fmt.Errorf("read package sources: %w", err)
		}
		text.Write(append(content, '\n'))
	}
	return text.String(), nil
}

// mirror finds the mirror that the distribution itself comes from: the first
// that is named like Debian's, which leaves the security archive out.
func mirror(sources string) (archive string, ok bool) {
	found := regexp.MustCompile(`(?m)^(?:URIs:|deb(?: \[[^]]*\])?)\s+(\S+/debian)/?(?:\s|$)`).FindStringSubmatch(sources)
	if found == nil {
		return "", false
	}
	return found[1], true
}

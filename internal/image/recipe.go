package image

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"

	"github.com/dictumal/dictumal/internal/bootstrap"
)

// recipe is what an image is made from; its digest tells whether an image is
// still the one that would be made today.
type recipe struct {
	alias       string
	release     release
	description string
	packages    []string
	files       []bootstrap.File
	commands    [][]string // run inside the new root, in order
	seed        string     // cloud-init's meta-data
}

func desktop() recipe {
	return recipe{
		alias:       DesktopAlias,
		release:     debian(),
		description: "Desktop on Debian 12 for Dictumal",
		packages:    append(system(), bootstrap.Packages()...),
		files:       append(append(assets("common"), assets("desktop")...), bootstrap.Files()...),
		commands: [][]string{
			{"/usr/lib/dictumal/account"},
			// Packing keeps whole seconds only; a cache of fonts that knows more is
			// stale, and then every new machine would read every font at its start.
			{"find", "/usr/share/fonts", "-type", "d", "-exec", "touch", "-d", "@0", "{}", "+"},
			{"fc-cache", "--system-only", "--force"},
			{"glib-compile-schemas", "/usr/share/glib-2.0/schemas"},
			append([]string{"systemctl", "enable", "--quiet"}, bootstrap.Units()...),
			{"systemctl", "enable", "--quiet", "dictumal-early.service", "cloud-init-local.service", "systemd-networkd.service"},
			append([]string{"systemctl", "mask", "--quiet"}, needless()...),
			{"mkdir", "-p", "/etc/systemd/system-generators"},
			{"ln", "-sf", "/dev/null", "/etc/systemd/system-generators/cloud-init-generator"},
		},
		// With everything in the image, cloud-init has done its part in its first
		// stage, before there is a network.
		seed: "instance-id: {{ container.name }}\nlocal-hostname: {{ container.name }}\ndsmode: local\n",
	}
}

func plain() recipe {
	return recipe{
		alias:       PlainAlias,
		release:     debian(),
		description: "Plain Debian 12 with cloud-init and sshd",
		packages:    system(),
		files:       assets("common"),
		commands: [][]string{
			{"systemctl", "enable", "--quiet", "systemd-networkd.service"},
			{"systemctl", "mask", "--quiet", "systemd-networkd-wait-online.service"},
		},
		seed: "instance-id: {{ container.name }}\nlocal-hostname: {{ container.name }}\n",
	}
}

// plainUbuntu is as a cloud's Ubuntu is: it upgrades itself, asks for restarts, and
// starts sshd when somebody knocks.
func plainUbuntu() recipe {
	recipe := plain()
	recipe.alias, recipe.release = PlainUbuntuAlias, ubuntu()
	recipe.description = "Plain Ubuntu 24.04 with cloud-init and sshd"
	recipe.packages = append(recipe.packages, "ubuntu-minimal", "unattended-upgrades", "needrestart", "gnupg", "nftables")
	// As where no key was chosen in the cloud's own pages: the first login must change it.
	recipe.commands = append(recipe.commands, []string{"chage", "-d", "0", "root"})
	return recipe
}

func (r recipe) digest() string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "1 %s %s\n%q\n%q\n%q\n%q\n",
		r.release.suite, r.alias, r.description, r.packages, r.commands, r.seed)
	for _, template := range templates() {
		_, _ = fmt.Fprintf(sum, "%q\n", template)
	}
	for _, file := range r.files {
		_, _ = fmt.Fprintf(sum, "%s %o %d\n", file.Path, file.Mode, len(file.Content))
		_, _ = sum.Write(file.Content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:digestLength]
}

const digestLength = 12

// system is what makes a root a machine that a cloud could offer.
func system() []string {
	return []string{
		"systemd-sysv", "udev", "systemd-resolved", "dbus", "cloud-init", "openssh-server",
		"iproute2", "ca-certificates", "netbase", "procps",
	}
}

// needless are units that only make the boot longer, or change the machine behind
// its constitution's back. Of cloud-init's stages the first is enough here.
func needless() []string {
	return []string{
		"cloud-init.service", "cloud-config.service", "cloud-final.service",
		"cloud-init-hotplugd.socket", "systemd-networkd-wait-online.service",
		"apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
		"e2scrub_reap.service", "fstrim.timer", "udisks2.service", "systemd-pstore.service",
		"console-getty.service", "getty.target", "remote-fs.target",
		"sys-kernel-config.mount", "sys-kernel-debug.mount", "sys-kernel-tracing.mount", "dev-hugepages.mount",
	}
}

//go:embed all:assets
var embedded embed.FS

func assets(name string) []bootstrap.File {
	var files []bootstrap.File
	prefix := "assets/" + name
	err := fs.WalkDir(embedded, prefix, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(path)
		if err != nil {
			return err
		}
		files = append(files, bootstrap.File{Path: strings.TrimPrefix(path, prefix), Mode: 0o644, Content: content})
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("read the embedded files: %v", err)) // they are part of the program
	}
	return files
}

//go:build bench

package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/image"
	"github.com/dictumal/dictumal/internal/incus"
)

// cache is where the desktop image's packages have been kept by its making.
const cache = "/var/cache/dictumal/packages"

// TestBenchBootstrap compares the bootstrap on a plain image, from its first step
// until the server has seen the desktop, with the bare installation of the same
// packages with the same options on the same image. Both find all packages in a
// folder of the host, so that neither waits for a mirror.
func TestBenchBootstrap(t *testing.T) {
	world := newWorld(t)
	world.shelve(t)
	server := world.serve(t, t.TempDir(), "INCUS_IMAGE="+image.PlainAlias)
	order := server.keep(t, example(t, "minimal.md"))
	bare := newBare(t, world, image.PlainAlias, "")
	var whole, rest []time.Duration
	ours := func() time.Duration {
		begun := time.Now()
		made := server.deploy(t, order, func(client.Deployment) {})
		whole = append(whole, time.Since(begun))
		took := made.ActiveAt.Sub(world.bootstrap(t, *made.Machine, "Start"))
		rest = append(rest, made.ActiveAt.Sub(world.bootstrap(t, *made.Machine, "Exit")))
		bare.match(t, *made.Machine)
		world.destroy(t, server, made.ID)
		return took
	}
	theirs := func() time.Duration {
		bare.launch(t)
		defer bare.remove(t)
		return world.install(t)
	}
	our, their := measure(t, 3, ours, theirs)
	row(t, "bootstrap on a plain image to a desktop; bare: installing the same packages, both from one local cache", our, their, "at most 1.25")
	remark(t, "from the end of the bootstrap until the server had seen the desktop: %s", list(rest))
	remark(t, "with the machine's making and boot, from the request to ACTIVE, ours took %s", list(whole))
}

// shelve puts a folder with the packages, and the list that names it alone, into
// every machine of the project.
func (w *world) shelve(t *testing.T) {
	t.Helper()
	shelf := filepath.Join(t.TempDir(), "packages")
	sources := filepath.Join(t.TempDir(), "sources.list")
	if err := os.WriteFile(sources, []byte("deb [trusted=yes] file:/srv/packages ./\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "sh", "-euc", `mkdir "$2"; cp -l "$1"/*.deb "$2" 2>/dev/null || cp "$1"/*.deb "$2"
		cd "$2"; dpkg-scanpackages --multiversion --hash sha256 . >Packages`, "sh", cache, shelf)
	if text, err := shell.CombinedOutput(); err != nil {
		t.Skipf("There are no packages in %s, or no dpkg-scanpackages; build the desktop image with --force, and install dpkg-dev: %v\n%s", cache, err, text)
	}
	profile, err := w.incus.Profile(t.Context(), host.Profile)
	if err != nil {
		t.Fatal(err)
	}
	profile.Devices["packages"] = incus.Device{"type": "disk", "source": shelf, "path": "/srv/packages", "readonly": "true"}
	profile.Devices["sources"] = incus.Device{"type": "disk", "source": sources, "path": "/etc/apt/sources.list", "readonly": "true"}
	if err := w.incus.PutProfile(t.Context(), profile); err != nil {
		t.Fatal(err)
	}
}

// bootstrap is the time of the Start or the Exit of a machine's bootstrap. Machines
// share the host's clock.
func (w *world) bootstrap(t *testing.T, name, moment string) time.Time {
	t.Helper()
	text := w.exec(t, name, "systemctl", "show", "dictumal-bootstrap.service", "-p", "ExecMain"+moment+"Timestamp", "--value", "--timestamp=us+utc")
	at, err := time.Parse("Mon 2006-01-02 15:04:05.999999 MST", strings.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// install times a bare installation on a machine that has booted.
func (w *world) install(t *testing.T) time.Duration {
	t.Helper()
	w.exec(t, bareName, "sh", "-c", "systemctl is-system-running --wait || true")
	begun := time.Now()
	w.exec(t, bareName, append([]string{"sh", "-euc", `export DEBIAN_FRONTEND=noninteractive
		apt-get -y -q update
		apt-get -y -q install --no-install-recommends -o Dpkg::Use-Pty=0 \
			-o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io -- "$@"`, "sh"},
		bootstrap.Packages()...)...)
	return time.Since(begun)
}

func (w *world) exec(t *testing.T, name string, command ...string) string {
	t.Helper()
	result, err := w.incus.Exec(t.Context(), name, command...)
	if err != nil {
		t.Fatal(err)
	}
	if result.Code != 0 {
		t.Fatalf("%s ended with status %d: %s", command[0], result.Code, result.Stderr)
	}
	return result.Stdout
}

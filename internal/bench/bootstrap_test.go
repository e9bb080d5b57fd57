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
const cache = "/var/cache/dictumal/packages/bookworm"

// TestBenchBootstrap compares the bootstrap on a plain image, from its first step
// until the server has seen the desktop, with the bare installation of the same
// packages with the same options on the same image. Both find all packages in a
// folder of the host, so that neither waits for a mirror.
func TestBenchBootstrap(t *testing.T) {
	world := newWorld(t)
	world.shelve(t, cache)
	server := world.serve(t, t.TempDir(), "INCUS_IMAGE="+image.PlainAlias)
	nothing := func(string) time.Duration { return 0 }
	our, their := world.bootstraps(t, server, bootstrap.Packages(), nothing)
	row(t, "bootstrap on a plain image to a desktop; bare: installing the same packages, both from one local cache", our, their, "at most 1.25")
}

// bootstraps measures the bootstrap of a server's machines, without what waits for
// others, and the bare installation of packages, by turns.
func (w *world) bootstraps(t *testing.T, server *program, packages []string, without func(machine string) time.Duration) (our, their time.Duration) {
	t.Helper()
	order := server.keep(t, example(t, "minimal.md"))
	bare := newBare(t, w, image.PlainAlias, "")
	var whole, rest []time.Duration
	ours := func() time.Duration {
		begun := time.Now()
		made := server.deploy(t, order, func(client.Deployment) {})
		whole = append(whole, time.Since(begun))
		took := made.ActiveAt.Sub(w.bootstrap(t, *made.Machine, "Start")) - without(*made.Machine)
		rest = append(rest, made.ActiveAt.Sub(w.bootstrap(t, *made.Machine, "Exit")))
		bare.match(t, *made.Machine)
		w.destroy(t, server, made.ID)
		return took
	}
	theirs := func() time.Duration {
		bare.launch(t)
		defer bare.remove(t)
		return w.install(t, packages)
	}
	our, their = measure(t, 3, ours, theirs)
	remark(t, "from the end of the bootstrap until the server had seen the desktop: %s", list(rest))
	remark(t, "with the machine's making and boot, from the request to ACTIVE, ours took %s", list(whole))
	return our, their
}

// shelve puts a folder with the packages of others, and the list that names it
// alone, into every machine of the project.
func (w *world) shelve(t *testing.T, folders ...string) {
	t.Helper()
	shelf := filepath.Join(t.TempDir(), "packages")
	sources := filepath.Join(t.TempDir(), "sources.list")
	if err := os.WriteFile(sources, []byte("deb [trusted=yes] file:/srv/packages ./\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "sh", append([]string{"-euc", `shelf="$1"; shift; mkdir "$shelf"
		for folder; do cp -lf "$folder"/*.deb "$shelf" 2>/dev/null || cp -f "$folder"/*.deb "$shelf"; done
		cd "$shelf"; dpkg-scanpackages --multiversion --hash sha256 . >Packages`, "sh", shelf}, folders...)...)
	if text, err := shell.CombinedOutput(); err != nil {
		t.Skipf("There are no packages in %v, or no dpkg-scanpackages; build the desktop image with --force, and install dpkg-dev: %v\n%s", folders, err, text)
	}
	w.give(t, "packages", incus.Device{"type": "disk", "source": shelf, "path": "/srv/packages", "readonly": "true"})
	w.give(t, "sources", incus.Device{"type": "disk", "source": sources, "path": "/etc/apt/sources.list", "readonly": "true"})
}

// give puts a device into every machine of the project from now on.
func (w *world) give(t *testing.T, name string, device incus.Device) {
	t.Helper()
	profile, err := w.incus.Profile(t.Context(), host.Profile)
	if err != nil {
		t.Fatal(err)
	}
	profile.Devices[name] = device
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
func (w *world) install(t *testing.T, packages []string) time.Duration {
	t.Helper()
	w.exec(t, bareName, "sh", "-c", "systemctl is-system-running --wait || true")
	begun := time.Now()
	w.exec(t, bareName, append([]string{"sh", "-euc", `export DEBIAN_FRONTEND=noninteractive
		apt-get -y -q update
		apt-get -y -q install --no-install-recommends -o Dpkg::Use-Pty=0 \
			-o Dpkg::Options::=--force-confold -o Dpkg::Options::=--force-unsafe-io -- "$@"`, "sh"},
		packages...)...)
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

//go:build bench

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/guacamole/standin"
	"github.com/dictumal/dictumal/internal/image"
)

// larder is where the packages are kept that the guacamole stream adds, by the
// image that they were fetched for.
const larder = "/var/cache/dictumal/guacamole-packages"

// TestBenchGuacamole compares the bootstrap of a machine with the guacamole stream
// as TestBenchBootstrap does the native one's. How long the pull of the container
// images takes hangs on the registry, so it does not count.
func TestBenchGuacamole(t *testing.T) {
	world := newWorld(t)
	own := guacamolePackages(t)
	world.shelve(t, cache, world.larder(t, own))
	port, guacamole, guacd := standin.Registry(t)
	if device := standin.Device(port); device != nil {
		world.give(t, "registry", device)
	}
	server := world.serve(t, t.TempDir(), "INCUS_IMAGE="+image.PlainAlias, "DICTUMAL_STREAM=guacamole",
		"GUACAMOLE_IMAGE="+guacamole, "GUACD_IMAGE="+guacd)
	var pulls []time.Duration
	var ways []string
	our, their := world.bootstraps(t, server, append(bootstrap.Packages(), own...), func(machine string) time.Duration {
		log := world.readLog(t, machine)
		pulls, ways = append(pulls, log.pull()), append(ways, log.String())
		return pulls[len(pulls)-1]
	})
	row(t, "bootstrap of the guacamole stream on a plain image, without the image pull; bare: installing the same packages, both from one local cache",
		our, their, "at most 1.25")
	remark(t, "taken off for the pull: %s. The machine's log tells in whole seconds when the pull began and ended; "+
		"a second less than between the two is taken off, so that it is never too much", list(pulls))
	remark(t, "by their logs, in seconds after the first line, ours went this way: %s", strings.Join(ways, "; "))
	if port != 0 {
		remark(t, "the images were STAND-INS for Guacamole's, which start at once; the real ones take seconds more until their HTTP answers")
	}
}

// guacamolePackages are those that the stream's machines have beside every machine's.
func guacamolePackages(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../bootstrap/guacamole/usr/lib/dictumal/packages.guacamole")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		if name := strings.TrimSpace(line); name != "" && !strings.HasPrefix(name, "#") {
			names = append(names, name)
		}
	}
	return names
}

// larder is a folder with packages and all that they need on the plain image. They
// are fetched once for each image, by a machine that is thrown away.
func (w *world) larder(t *testing.T, packages []string) string {
	t.Helper()
	fingerprint, err := w.incus.ResolveAlias(t.Context(), image.PlainAlias)
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(larder, fingerprint[:12])
	if found, _ := filepath.Glob(folder + "/*.deb"); len(found) > 0 {
		return folder
	}
	machine := newBare(t, w, image.PlainAlias, "")
	machine.launch(t)
	defer machine.remove(t)
	w.exec(t, bareName, "sh", "-c", "systemctl is-system-running --wait || true")
	w.exec(t, bareName, append([]string{"sh", "-euc", `export DEBIAN_FRONTEND=noninteractive
		apt-get -y -q update
		apt-get -y -q install --no-install-recommends --download-only -- "$@"`, "sh"}, packages...)...)
	if err := os.RemoveAll(larder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder+".new", 0o755); err != nil {
		t.Fatal(err)
	}
	carry := exec.CommandContext(t.Context(), "sh", "-euc", `"$1" exec "$2" --project "$3" -- tar -C /var/cache/apt/archives --exclude lock --exclude partial -c . |
		tar -C "$4.new" --no-same-owner -x; mv "$4.new" "$4"`, "sh", peer(t, "incus"), bareName, w.project, folder)
	if text, err := carry.CombinedOutput(); err != nil {
		t.Fatalf("keep the packages: %v\n%s", err, text)
	}
	return folder
}

// bootLog is when a machine has said for the first time that it begins with each of
// the steps, in seconds after its first line; it tells no parts of a second.
type bootLog map[string]time.Duration

const (
	fetching = "Fetching the image"
	starting = "Starting Guacamole"
)

// steps are the beginnings of lines of the log, in order.
func (bootLog) steps() []string {
	return []string{"Reading package lists", "Installing packages", "Starting the desktop", "Letting in SSH", fetching, starting, "Done"}
}

func (w *world) readLog(t *testing.T, name string) bootLog {
	t.Helper()
	log := bootLog{}
	var first time.Time
	text := w.exec(t, name, "cat", dictumal.LogPath)
	for line := range strings.Lines(text) {
		clock, words, _ := strings.Cut(line, " ")
		at, err := time.Parse(time.TimeOnly, clock)
		if err != nil {
			continue
		}
		if first.IsZero() {
			first = at
		}
		if at.Before(first) { // midnight lies between
			at = at.Add(24 * time.Hour)
		}
		for _, step := range log.steps() {
			if _, known := log[step]; !known && strings.HasPrefix(words, step) {
				log[step] = at.Sub(first)
			}
		}
	}
	if len(log) != len(log.steps()) {
		t.Fatalf("the log does not tell of every step:\n%s", text)
	}
	return log
}

// pull is how long images were fetched at the very least.
func (l bootLog) pull() time.Duration { return max(0, l[starting]-l[fetching]-time.Second) }

// String tells when each step began.
func (l bootLog) String() string {
	var words []string
	for _, step := range l.steps() {
		words = append(words, fmt.Sprintf("%s %.0f", step, l[step].Seconds()))
	}
	return strings.Join(words, ", ")
}

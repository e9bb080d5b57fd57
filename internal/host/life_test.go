package host

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
	"github.com/dictumal/dictumal/internal/incustest"
)

// inside is set where the test runs in a host of its own.
const inside = "DICTUMAL_TEST_HOST"

// enter gives the test a host of its own: namespaces without network, without
// processes and without systemd. Incus keeps its files in the folder, since loop
// devices know each other by the paths of their files.
const enter = `
set -e
ip link set lo up
mkdir -p "$INCUS_DIR" "$DICTUMAL_TEST_HOST/cgroup"
mount --rbind /sys/fs/cgroup "$DICTUMAL_TEST_HOST/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$DICTUMAL_TEST_HOST/cgroup" /sys/fs/cgroup
umount -l /var/lib/incus/shmounts /var/lib/lxcfs 2>/dev/null || true
for folder in /run /var/log /var/cache; do mount -t tmpfs tmpfs "$folder"; done
exec "$@"
`

func TestTheWholeLifeOfAHost(t *testing.T) {
	if os.Getenv(inside) == "" {
		moveIn(t)
		return
	}
	ctx, client := t.Context(), incus.New(options().Socket)
	if problems := problems(ctx); len(problems) < 5 {
		t.Errorf("on a bare host the doctor finds only %v", problems)
	}
	said := set(t)
	for _, word := range []string{"wall", "Starting Incus", "pool", "bridge"} {
		if !strings.Contains(said, word) {
			t.Errorf("the first set-up says nothing of the %s:\n%s", word, said)
		}
	}
	if said := set(t); said != "" {
		t.Errorf("the second set-up still finds something to do:\n%s", said)
	}
	image := incustest.Image(t, client)
	machine := launch(t, client.Project("dictumal"), image)
	if got := problems(ctx); strings.Join(got, ",") != "Desktop image" {
		t.Errorf("after the set-up the doctor finds %v, want the image missing only", got)
	}

	for _, lose := range []func(*testing.T){func(*testing.T) {}, network} {
		crash(t)
		lose(t)
		set(t)
		// The daemon starts what ran before.
		await(t, "the machine runs again", func() bool {
			instance, err := client.Project("dictumal").Instance(ctx, machine)
			return err == nil && instance.Status == "Running"
		})
	}
	crash(t)
	database(t)
	set(t)
	launch(t, client.Project("dictumal"), incustest.Image(t, client))

	lockDown(t)
	if got := problems(ctx); !strings.Contains(strings.Join(got, ","), "Way out") {
		t.Errorf("where Docker drops what is forwarded the doctor finds %v", got)
	}
	set(t)
	if said := set(t); said != "" {
		t.Errorf("beside Docker the set-up finds something to do each time:\n%s", said)
	}
	if got := problems(ctx); strings.Join(got, ",") != "Desktop image" {
		t.Errorf("beside Docker the doctor finds %v after the set-up", got)
	}

	for range 2 { // cleaning what is clean is no error
		if err := Clean(ctx, options()); err != nil {
			t.Fatalf("clean: %v", err)
		}
	}
	left, err := client.Projects(ctx)
	if err != nil || len(left) != 1 {
		t.Errorf("cleaning has left the projects %v (%v)", left, err)
	}
	if _, err := client.Pool(ctx, Pool); !incus.NotFound(err) || exists(filepath.Join(os.Getenv("INCUS_DIR"), "disks", Pool+".img")) {
		t.Errorf("cleaning has left the pool (%v)", err)
	}
	if exists("/sys/class/net/"+Bridge) || isolation.Check(ctx, Bridge) == nil {
		t.Error("cleaning has left the bridge or the wall")
	}
}

func options() Options { return Options{Socket: filepath.Join(os.Getenv("INCUS_DIR"), "unix.socket")} }

// moveIn runs the test in a host of its own.
func moveIn(t *testing.T) {
	t.Helper()
	incustest.Client(t) // else this host has not even the packages
	program, err := os.Executable()
	if err != nil {
		t.Fatalf("find this program: %v", err)
	}
	// Short, for Incus makes sockets in it, and open, for machines' roots pass through it.
	folder, err := os.MkdirTemp("", "dt") //nolint:usetesting // t.TempDir is neither
	if err == nil {
		err = os.Chmod(folder, 0o711)
	}
	if err != nil {
		t.Fatalf("make a folder: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	command := exec.CommandContext(t.Context(), "unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child",
		"/bin/sh", "-c", enter, "sh", program, "-test.run=^TestTheWholeLifeOfAHost$", "-test.v")
	command.Env = append(os.Environ(), inside+"="+folder, "INCUS_DIR="+filepath.Join(folder, "incus"))
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("in a host of its own: %v\n%s", err, output)
	}
	t.Logf("in a host of its own:\n%s", output)
}

// set sets the host up and gives what it said.
func set(t *testing.T) string {
	t.Helper()
	var log strings.Builder
	defer func(start time.Time) { t.Logf("set up in %v", time.Since(start)) }(time.Now())
	own := options()
	own.Log = &log
	if err := Setup(t.Context(), own); err != nil {
		daemon, _ := os.ReadFile(daemonLog)
		t.Fatalf("set up: %v\n%s\n%s", err, &log, daemon)
	}
	t.Log(log.String())
	return log.String()
}

func problems(ctx context.Context) []string {
	var names []string
	for _, finding := range Doctor(ctx, options()) {
		if !finding.OK {
			names = append(names, finding.Name)
		}
	}
	return names
}

func launch(t *testing.T, client *incus.Client, image string) string {
	t.Helper()
	order := incus.NewInstance{
		Name: "lives", Type: "container", Profiles: []string{Profile}, Start: true,
		Source: incus.Source{Type: "image", Alias: image},
	}
	operation, err := client.CreateInstance(t.Context(), order)
	if err == nil {
		err = operation.Wait(t.Context())
	}
	if err != nil {
		t.Fatalf("make a machine: %v", err)
	}
	return order.Name
}

// lockDown does to the packet filter what Docker does.
func lockDown(t *testing.T) {
	t.Helper()
	for _, arguments := range []string{"-N DOCKER-USER", "-I FORWARD -j DOCKER-USER", "-P FORWARD DROP"} {
		for _, filter := range filters() {
			if _, err := run(t.Context(), filter, strings.Fields("-w "+arguments)...); err != nil {
				t.Fatalf("be like Docker: %v", err)
			}
		}
	}
}

// crash ends every other process at once. Files stay, and so do interfaces and
// the packet filter's rules.
func crash(t *testing.T) {
	t.Helper()
	self := strconv.Itoa(os.Getpid())
	await(t, "everything else has ended", func() bool {
		others := 0
		processes, _ := filepath.Glob("/proc/[0-9]*")
		for _, process := range processes {
			name := filepath.Base(process)
			if name == self || name == "1" || ended(process) {
				continue
			}
			others++
			id, _ := strconv.Atoi(name)
			_ = syscall.Kill(id, syscall.SIGKILL)
		}
		return others == 0
	})
}

// network loses what the kernel holds of the network, as a power cut does.
func network(t *testing.T) {
	t.Helper()
	for _, command := range []string{"ip link delete " + Bridge, "nft flush ruleset"} {
		words := strings.Fields(command)
		if _, err := run(t.Context(), words[0], words[1:]...); err != nil {
			t.Fatalf("lose the network: %v", err)
		}
	}
}

// database loses everything that Incus knows; the bridge and the pool's file
// stay behind.
func database(t *testing.T) {
	t.Helper()
	_, _ = run(t.Context(), "umount", "-l", filepath.Join(os.Getenv("INCUS_DIR"), "storage-pools", Pool))
	if err := os.RemoveAll(filepath.Join(os.Getenv("INCUS_DIR"), "database")); err != nil {
		t.Fatalf("lose the database: %v", err)
	}
}

// ended tells whether a process is one that nobody has waited for yet.
func ended(process string) bool {
	stat, err := os.ReadFile(process + "/stat")
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(rest, "Z")
}

func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); !holds(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

//go:build bench

package bench

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/constitution"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/image"
	"github.com/dictumal/dictumal/internal/machine"
)

// TestBenchDeploy compares the way from the request to ACTIVE, which is a desktop
// that has been looked at, with a bare incus launch until sshd answers.
func TestBenchDeploy(t *testing.T) {
	world := newWorld(t)
	document := example(t, "welcome.md")
	server := world.serve(t, t.TempDir())
	order := server.keep(t, document)
	bare := newBare(t, world, image.DesktopAlias, document)
	var way stages
	ours := func() time.Duration {
		begun := time.Now()
		made := server.deploy(t, order, way.watch(begun))
		took := time.Since(begun)
		bare.match(t, *made.Machine)
		world.destroy(t, server, made.ID)
		time.Sleep(time.Second)
		return took
	}
	theirs := func() time.Duration {
		took := bare.launch(t)
		bare.remove(t)
		time.Sleep(time.Second)
		return took
	}
	our, their := alternate(t, 5, ours, theirs)
	row(t, "deploy from the baked image, request to ACTIVE; bare: `incus launch` until sshd answers", our, their, "at most 2.0")
	remark(t, "ours %s", &way)
}

// stages gathers when each stage was reached.
type stages struct {
	order []dictumal.Stage
	times map[dictumal.Stage][]time.Duration
}

func (s *stages) watch(begun time.Time) func(client.Deployment) {
	seen := map[dictumal.Stage]bool{}
	return func(d client.Deployment) {
		stage := d.Progress.Stage
		if seen[stage] {
			return
		}
		seen[stage] = true
		if !slices.Contains(s.order, stage) {
			s.order = append(s.order, stage)
		}
		if s.times == nil {
			s.times = map[dictumal.Stage][]time.Duration{}
		}
		s.times[stage] = append(s.times[stage], time.Since(begun))
	}
}

// String tells the median of each stage that every run has passed.
func (s *stages) String() string {
	var words []string
	for _, stage := range s.order {
		words = append(words, fmt.Sprintf("reached %s after %s", stage, seconds(median(s.times[stage]))))
	}
	return strings.Join(words, ", ")
}

// bare is a machine made with the command line of Incus and nothing else. Its
// address is chosen before, as ours is, so that nobody has to ask for it.
type bare struct {
	world    *world
	image    string
	userData string
	address  string
	limits   []string // arguments
}

const bareName = "bare"

func newBare(t *testing.T, world *world, image, document string) *bare {
	t.Helper()
	network, err := world.incus.Network(t.Context(), host.Bridge)
	if err != nil {
		t.Fatal(err)
	}
	subnet, err := netip.ParsePrefix(network.Config["ipv4.address"])
	if err != nil {
		t.Fatal(err)
	}
	address := subnet.Masked().Addr().As4()
	address[3] = 253
	b := &bare{world: world, image: image, address: netip.AddrFrom4(address).String()}
	if document != "" {
		b.userData = userData(t, document)
	}
	return b
}

// userData is what our machines get.
func userData(t *testing.T, document string) string {
	t.Helper()
	law, err := constitution.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	var keys [2]machine.KeyPair
	for i := range keys {
		if keys[i], err = machine.NewKeyPair(); err != nil {
			t.Fatal(err)
		}
	}
	text, err := bootstrap.UserData(bootstrap.Input{
		Hostname: bareName, AuthorizedKey: keys[0].AuthorizedLine,
		HostKey: bootstrap.HostKey{PrivatePEM: string(keys[1].PrivatePEM), PublicLine: keys[1].AuthorizedLine},
		Policy:  law.Policy, Document: law.Document, Stream: dictumal.Native,
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// match takes over the limits of a machine of ours, and whether Docker may run in it.
func (b *bare) match(t *testing.T, name string) {
	t.Helper()
	machine, err := b.world.incus.Instance(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	b.limits = nil
	for _, key := range []string{"limits.cpu", "limits.memory", "security.nesting"} {
		if value := machine.Config[key]; value != "" {
			b.limits = append(b.limits, "-c", key+"="+value)
		}
	}
}

// launch makes the machine and waits for the first words of its sshd.
func (b *bare) launch(t *testing.T) time.Duration {
	t.Helper()
	command := exec.CommandContext(t.Context(), peer(t, "incus"), "launch", b.image, bareName,
		"--project", b.world.project, "--profile", host.Profile, "--quiet",
		"-c", "cloud-init.user-data="+b.userData, "-d", "eth0,ipv4.address="+b.address)
	command.Args = append(command.Args, b.limits...)
	command.Stderr = os.Stderr
	begun := time.Now()
	if err := command.Run(); err != nil {
		t.Fatalf("incus launch: %v", err)
	}
	until(t, "sshd answers", func() bool { return greets(t.Context(), b.address) })
	return time.Since(begun)
}

func (b *bare) remove(t *testing.T) {
	t.Helper()
	command := exec.CommandContext(t.Context(), peer(t, "incus"), "delete", "--force", bareName, "--project", b.world.project)
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("incus delete: %v: %s", err, text)
	}
}

// greets tells whether an sshd says its first words.
func greets(ctx context.Context, address string) bool {
	dialer := net.Dialer{Timeout: 100 * time.Millisecond}
	conn, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(address, "22"))
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	words := make([]byte, 4)
	n, _ := conn.Read(words)
	return string(words[:n]) == "SSH-"
}

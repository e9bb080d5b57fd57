package image_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/bootstrap"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/image"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incustest"
)

// machine is a real one, made from an image and a policy.
type machine struct {
	t      *testing.T
	client *incus.Client
	name   string
	key    ssh.Signer // the machine's own, and of who may enter it
}

// probed is what the probe on a machine says.
type probed struct {
	Bootstrap string   `json:"bootstrap"`
	Reason    string   `json:"reason"`
	Cause     string   `json:"cause"`
	VNC       bool     `json:"vnc"`
	Desktop   bool     `json:"desktop"`
	Dialogs   []string `json:"dialogs"`
	Now       float64  `json:"now"` // seconds since 1970
}

const document = "# A test\n\nThis machine is looked at and thrown away.\n"

// build makes an image, or does nothing where it is there.
func build(t *testing.T, bake func(context.Context, image.Options) error) *incus.Client {
	t.Helper()
	client := incustest.Client(t)
	if err := bake(t.Context(), image.Options{Client: client, Log: t.Output()}); err != nil {
		t.Fatalf("build the image: %v", err)
	}
	return client
}

// order is what a machine is made from.
type order struct {
	alias     string
	policy    dictumal.Policy
	guacamole *bootstrap.Guacamole    // the stream is native where it is nil
	devices   map[string]incus.Device // beside those of every machine
}

func launch(t *testing.T, client *incus.Client, alias string, policy dictumal.Policy) *machine {
	t.Helper()
	return launchOrder(t, client, order{alias: alias, policy: policy})
}

func launchOrder(t *testing.T, client *incus.Client, order order) *machine {
	t.Helper()
	name := incustest.Name()
	t.Cleanup(func() {
		if err := host.RemoveProject(context.WithoutCancel(t.Context()), client, name); err != nil {
			t.Errorf("clean up: %v", err)
		}
	})
	if err := host.MakeProject(t.Context(), client, name); err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, client: client.Project(name), name: name}
	text, key := userData(t, name, order)
	m.key = key
	config := map[string]string{"cloud-init.user-data": text, "limits.memory": "2GiB"}
	if order.guacamole != nil {
		config["security.nesting"] = "true"
	}
	operation, err := m.client.CreateInstance(t.Context(), incus.NewInstance{
		Name: name, Type: "container", Profiles: []string{host.Profile}, Start: true,
		Config: config, Devices: order.devices, Source: incus.Source{Type: "image", Alias: order.alias},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := operation.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

func userData(t *testing.T, name string, order order) (string, ssh.Signer) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	order.policy.Title = "A test"
	order.policy.Stream = dictumal.StreamPolicy{Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth}
	in := bootstrap.Input{
		Hostname: name, AuthorizedKey: line, Policy: order.policy, Document: document, Stream: dictumal.Native,
		HostKey: bootstrap.HostKey{PrivatePEM: string(pem.EncodeToMemory(block)), PublicLine: line},
	}
	if order.guacamole != nil {
		in.Stream, in.Guacamole = dictumal.Guacamole, order.guacamole
	}
	text, err := bootstrap.UserData(in)
	if err != nil {
		t.Fatal(err)
	}
	return text, signer
}

// await probes until the condition holds, and gives the last report.
func (m *machine) await(limit time.Duration, what string, holds func(probed) bool) probed {
	m.t.Helper()
	var last probed
	m.until(limit, what, func() bool {
		last = m.probe()
		return holds(last)
	})
	return last
}

func (m *machine) until(limit time.Duration, what string, holds func() bool) {
	m.t.Helper()
	ctx, cancel := context.WithTimeout(m.t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			m.t.Fatalf("not within %s: %s\nprobe: %+v\nlog:\n%s", limit, what, m.probe(), m.output("cat", dictumal.LogPath))
		case <-tick.C:
		}
	}
}

// probe gives nothing while the machine cannot answer yet.
func (m *machine) probe() probed {
	var report probed
	_ = json.Unmarshal([]byte(m.output(dictumal.ProbeCommand)), &report)
	return report
}

// output runs a command as root and gives what it printed, whatever its status.
func (m *machine) output(command ...string) string {
	m.t.Helper()
	result, err := m.client.Exec(m.t.Context(), m.name, command...)
	if err != nil {
		return ""
	}
	return result.Stdout + result.Stderr
}

// status runs a command as root and gives its exit status.
func (m *machine) status(command ...string) int {
	m.t.Helper()
	result, err := m.client.Exec(m.t.Context(), m.name, command...)
	if err != nil {
		m.t.Fatal(err)
	}
	return result.Code
}

func up(p probed) bool { return p.Bootstrap == "done" && p.VNC && p.Desktop }

package incus

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
)

func TestReadySaysWhatIsMissing(t *testing.T) {
	cases := []struct {
		name   string
		change func(*daemon, *Provider)
		want   dictumal.Reason
	}{
		{"nothing is missing", func(*daemon, *Provider) {}, ""},
		{"the daemon is too old", func(d *daemon, _ *Provider) { d.version = "5.21" }, dictumal.ReasonProviderTooOld},
		{"a version that nobody can read is too old", func(d *daemon, _ *Provider) { d.version = "x" }, dictumal.ReasonProviderTooOld},
		{"the daemon does not trust this user", func(d *daemon, _ *Provider) { d.auth = "untrusted" }, dictumal.ReasonProviderMissing},
		{"the image is missing", func(d *daemon, _ *Provider) { d.image = "" }, dictumal.ReasonImageMissing},
		{"the profile is missing", func(d *daemon, _ *Provider) { d.profile = nil }, dictumal.ReasonIsolationMissing},
		{"the profile was weakened", func(d *daemon, _ *Provider) { d.profile["security.privileged"] = "true" }, dictumal.ReasonIsolationMissing},
		{"the network device was weakened", func(d *daemon, _ *Provider) { d.nic["security.port_isolation"] = "false" }, dictumal.ReasonIsolationMissing},
		{"the wall is missing", func(_ *daemon, p *Provider) { p.wall = noWall }, dictumal.ReasonIsolationMissing},
		{"the pool is full", func(d *daemon, _ *Provider) { d.used = d.total - 100<<20 }, dictumal.ReasonNoRoom},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			daemon := newDaemon()
			provider := daemon.serve(t)
			test.change(daemon, provider)
			if got := reason(t, provider.Ready(t.Context())); got != test.want {
				t.Errorf("ready says %q, want %q", got, test.want)
			}
		})
	}
}

func TestACreateThatCameToNothingIsARefusal(t *testing.T) {
	cases := []struct {
		name, answer string
		want         dictumal.Reason
	}{
		{"image gone", `Failed getting image: Image alias "i" not found`, dictumal.ReasonImageMissing},
		{"image never there", "Image not provided for instance creation", dictumal.ReasonImageMissing},
		{"disk full", "Failed creating instance from image: Unpack failed: tar: templates/hosts.tpl: Cannot write: No space left on device", dictumal.ReasonNoRoom},
		{"disk quota", "Failed to unpack: Disk quota exceeded", dictumal.ReasonNoRoom},
		{"project limit", "Failed checking if instance creation allowed: Reached maximum number of instances in project", dictumal.ReasonQuota},
		{"anything else", "Storage pool is unavailable", dictumal.ReasonProviderRefused},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			daemon := newDaemon()
			daemon.refusal = test.answer
			_, err := daemon.serve(t).Create(t.Context(), spec("n"))
			if got := reason(t, err); got != test.want {
				t.Errorf("create says %q, want %q", got, test.want)
			}
		})
	}
}

func TestWithoutADaemonNothingIsAttempted(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	provider := New(Config{Socket: socket, Project: "p", Image: "i", Installation: "here"})
	if got := reason(t, provider.Ready(t.Context())); got != dictumal.ReasonProviderMissing {
		t.Errorf("ready says %q, want %q", got, dictumal.ReasonProviderMissing)
	}
	_, err := provider.Create(t.Context(), spec("n"))
	if got := reason(t, err); got != dictumal.ReasonProviderMissing {
		t.Errorf("create says %q, want %q", got, dictumal.ReasonProviderMissing)
	}
	if !strings.Contains(err.Error(), socket) {
		t.Errorf("the refusal %q does not name the socket", err)
	}
}

func TestAnAnswerThatIsLostIsNoRefusal(t *testing.T) {
	daemon := newDaemon()
	daemon.hangUp = true
	_, err := daemon.serve(t).Create(t.Context(), spec("n"))
	if _, refused := errors.AsType[*dictumal.Refusal](err); refused || err == nil {
		t.Errorf("create: error %v, want one that is no refusal", err)
	}
}

// Private

func noWall(context.Context, string) error { return isolation.ErrMissing }

// reason is a refusal's reason; it fails the test where an error is none, or
// does not say what to do.
func reason(t *testing.T, err error) dictumal.Reason {
	t.Helper()
	if err == nil {
		return ""
	}
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok {
		t.Fatalf("error %v, want a refusal", err)
	}
	for _, sentence := range []string{refusal.Message, refusal.NextStep} {
		if !strings.HasSuffix(sentence, ".") {
			t.Errorf("%q is no sentence", sentence)
		}
	}
	return refusal.Reason
}

// daemon answers like Incus where a test cannot bring a real one to it.
type daemon struct {
	version, auth, image string
	profile, nic         map[string]string
	used, total          int64
	refusal              string // of an order
	hangUp               bool   // when an order comes
}

func newDaemon() *daemon {
	return &daemon{
		version: "6.0.4", auth: "trusted", image: "i",
		profile: isolation.Profile(), nic: isolation.NIC("bridge", true), total: 10 << 30,
	}
}

func (d *daemon) serve(t *testing.T) *Provider {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	server := &http.Server{Handler: d.routes()}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	provider := New(Config{Socket: socket, Project: "p", Image: "i", Installation: "here"})
	provider.wall = func(context.Context, string) error { return nil }
	return provider
}

func (d *daemon) routes() http.Handler {
	routes := http.NewServeMux()
	get := func(path string, answer func() any) {
		routes.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) { reply(w, answer()) })
	}
	get("/1.0", func() any {
		var server incus.Server
		server.Auth, server.Environment.ServerVersion = d.auth, d.version
		return server
	})
	get("/1.0/profiles/dictumal", func() any {
		if d.profile == nil {
			return nil
		}
		return incus.Profile{Config: d.profile, Devices: map[string]incus.Device{"eth0": d.nic, "root": {"pool": "p"}}}
	})
	get("/1.0/storage-pools/p/resources", func() any {
		return map[string]incus.PoolSpace{"space": {Used: d.used, Total: d.total}}
	})
	get("/1.0/networks/bridge", func() any {
		return incus.Network{Name: "bridge", Config: map[string]string{"ipv4.address": "192.0.2.1/24"}}
	})
	get("/1.0/networks/bridge/leases", func() any { return []incus.Lease{{Address: "192.0.2.20"}} })
	get("/1.0/images/aliases/i", func() any {
		if d.image == "" {
			return nil
		}
		return map[string]string{"target": "f"}
	})
	routes.HandleFunc("POST /1.0/instances", func(w http.ResponseWriter, _ *http.Request) {
		if d.hangUp {
			panic(http.ErrAbortHandler)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"type": "error", "error_code": 400, "error": d.refusal})
	})
	return routes
}

func reply(w http.ResponseWriter, answer any) {
	if answer == nil {
		_ = json.NewEncoder(w).Encode(map[string]any{"type": "error", "error_code": 404, "error": "not found"})
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "sync", "metadata": answer})
}

package incus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incus/isolation"
	"github.com/dictumal/dictumal/internal/incustest"
)

func TestAFullDiskIsARefusalThatLeavesNothing(t *testing.T) {
	client := incustest.Client(t)
	image := incustest.Image(t, client)
	pool := smallPool(t, client)
	own := project(t, client)
	profile := incus.Profile{Name: host.Profile, Config: isolation.Profile(), Devices: map[string]incus.Device{
		"root": {"type": "disk", "path": "/", "pool": pool}, "eth0": isolation.NIC(host.Bridge, true),
	}}
	if err := own.client.PutProfile(t.Context(), profile); err != nil {
		t.Fatalf("put machines on the small pool: %v", err)
	}
	provider := open(own, image)
	name := dictumal.MachineName("here", "01j00000000000000000000000")

	t.Run("with little room the daemon is not asked", func(t *testing.T) {
		_, err := provider.Create(t.Context(), spec(name))
		if got := reason(t, err); got != dictumal.ReasonNoRoom {
			t.Errorf("create says %q, want %q", got, dictumal.ReasonNoRoom)
		}
	})
	t.Run("what the daemon has begun is removed", func(t *testing.T) {
		provider.reserve = 0
		fill(t, pool)
		_, err := provider.Create(t.Context(), spec(name))
		if got := reason(t, err); got != dictumal.ReasonNoRoom {
			t.Errorf("create says %q (%v), want %q", got, err, dictumal.ReasonNoRoom)
		}
		if left, err := own.client.Instances(t.Context()); err != nil || len(left) != 0 {
			t.Errorf("left over are %v and error %v, want nothing", left, err)
		}
	})
}

func TestAMissingImageIsARefusal(t *testing.T) {
	own := project(t, incustest.Client(t))
	provider := open(own, "dictumal-test-nothing")
	if got := reason(t, provider.Ready(t.Context())); got != dictumal.ReasonImageMissing {
		t.Errorf("ready says %q, want %q", got, dictumal.ReasonImageMissing)
	}
	_, err := provider.Create(t.Context(), spec(dictumal.MachineName("here", "01j00000000000000000000000")))
	if got := reason(t, err); got != dictumal.ReasonImageMissing {
		t.Errorf("create says %q (%v), want %q", got, err, dictumal.ReasonImageMissing)
	}
}

func TestAMissingProjectIsARefusal(t *testing.T) {
	incustest.Client(t)
	provider := New(Config{Project: "dictumal-test-nothing", Image: "i", Installation: "here"})
	_, err := provider.Create(t.Context(), spec(dictumal.MachineName("here", "01j00000000000000000000000")))
	if got := reason(t, err); got != dictumal.ReasonIsolationMissing {
		t.Errorf("create says %q (%v), want %q", got, err, dictumal.ReasonIsolationMissing)
	}
}

// Private

func smallPool(t *testing.T, client *incus.Client) string {
	t.Helper()
	name := incustest.Name()
	pool := incus.Pool{Name: name, Driver: "btrfs", Config: map[string]string{"size": "120MiB"}}
	if err := client.CreatePool(t.Context(), pool); err != nil {
		t.Fatalf("make a small pool: %v", err)
	}
	t.Cleanup(func() {
		if err := client.DeletePool(context.WithoutCancel(t.Context()), name); err != nil {
			t.Errorf("remove the small pool: %v", err)
		}
	})
	return name
}

// fill writes to the pool until it is full.
func fill(t *testing.T, pool string) {
	t.Helper()
	path := filepath.Join(filepath.Dir(incus.DefaultSocket), "storage-pools", pool, "fill")
	file, err := os.Create(path)
	if err != nil {
		t.Fatalf("fill the pool: %v", err)
	}
	defer func() { _ = file.Close() }()
	for block := make([]byte, 1<<20); ; {
		if _, err := file.Write(block); errors.Is(err, syscall.ENOSPC) {
			return
		} else if err != nil {
			t.Fatalf("fill the pool: %v", err)
		}
	}
}

//go:build bench

package bench

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

// TestBenchStart compares the time from the start of the process to its first
// answer with that of a server that does nothing.
func TestBenchStart(t *testing.T) {
	world, data := newWorld(t), filepath.Join(t.TempDir(), "data")
	t.Run("make a database", func(t *testing.T) { world.serve(t, data).keep(t, example(t, "welcome.md")) })
	empty := filepath.Join(t.TempDir(), "empty")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", empty, "./empty")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the empty server: %v\n%s", err, text)
	}
	ours := func() time.Duration {
		address := machinetest.FreeAddress(t)
		command := exec.CommandContext(t.Context(), binary, "serve")
		command.Env = append(os.Environ(), "DICTUMAL_LISTEN="+address, "AUTH_URL=http://"+address,
			"DICTUMAL_DATA_DIR="+data, "INCUS_PROJECT="+world.project)
		return firstAnswer(t, command, address)
	}
	theirs := func() time.Duration {
		address := machinetest.FreeAddress(t)
		return firstAnswer(t, exec.CommandContext(t.Context(), empty, address), address)
	}
	our, their := alternate(t, 15, ours, theirs)
	row(t, "server start to first answer, existing database; bare: an empty Go `net/http` server", our, their, "at most 4")
}

// firstAnswer starts a server, and stops it once it has answered.
func firstAnswer(t *testing.T, command *exec.Cmd, address string) time.Duration {
	t.Helper()
	begun := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer end(command)
	answered(t, "http://"+address+"/healthz")
	return time.Since(begun)
}

// answered waits until a server that is starting answers, and tells how long that took.
func answered(t *testing.T, address string) time.Duration {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	begun := time.Now()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := begun.Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Microsecond) {
		response, err := client.Do(request)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return time.Since(begun)
		}
	}
	t.Fatalf("%s does not answer", address)
	return 0
}

//go:build bench

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBenchRest measures how large the server is, on disk and in memory.
func TestBenchRest(t *testing.T) {
	world, data := newWorld(t), filepath.Join(t.TempDir(), "data")
	t.Run("make a database", func(t *testing.T) { world.serve(t, data).keep(t, example(t, "welcome.md")) })
	server := world.serve(t, data)
	time.Sleep(time.Minute)
	plainRow(t, "memory at rest, resident, a minute after the start", mebibytes(resident(t, server.pid, "VmRSS")), "at most 64 MiB")
	remark(t, "of the memory at rest, %s is the program's own and the rest is pages of its file, which the kernel can drop",
		mebibytes(resident(t, server.pid, "RssAnon")))
	size, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	plainRow(t, "stripped binary, everything embedded", fmt.Sprintf("%.1f MB", float64(size.Size())/1e6), "at most 40 MB")
}

// resident is a process's memory by one of its measures, in bytes.
func resident(t *testing.T, pid int, measure string) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), measure+":")
	var kilobytes int
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

func mebibytes(bytes int) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

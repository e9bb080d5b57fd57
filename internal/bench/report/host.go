package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// host says where and when the figures were measured.
type host struct {
	Date, System, Kernel, Processor, Memory, Incus, Go, Load string
	Cores                                                    int
}

func look(ctx context.Context) host {
	release := field("/etc/os-release", "PRETTY_NAME=")
	return host{
		Date:      time.Now().UTC().Format(time.DateOnly),
		System:    strings.Trim(release, `"`),
		Kernel:    first("/proc/sys/kernel/osrelease"),
		Processor: strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(field("/proc/cpuinfo", "model name")), ":")),
		Memory:    gibibytes(field("/proc/meminfo", "MemTotal:")),
		Incus:     incusVersion(ctx),
		Go:        strings.TrimPrefix(runtime.Version(), "go"),
		Load:      os.Getenv("LOAD"),
		Cores:     runtime.NumCPU(),
	}
}

// Private

// field is the rest of the first line of a file that begins with a key.
func field(path, key string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

func first(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(text))
}

func gibibytes(text string) string {
	var kilobytes float64
	if _, err := fmt.Sscan(text, &kilobytes); err != nil {
		return "unknown"
	}
	return fmt.Sprintf("%.0f GiB", kilobytes/(1<<20))
}

func incusVersion(ctx context.Context) string {
	text, err := exec.CommandContext(ctx, "incus", "version").Output()
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if version, ok := strings.CutPrefix(line, "Server version:"); ok {
			return strings.TrimSpace(version)
		}
	}
	return "unknown"
}

// Package incustest gives tests a real Incus and a machine image that is there
// in a second.
package incustest

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/incus"
)

// Client gives a client of this host's Incus, or skips the test where there is none.
// One that does not answer is a fault, and no reason to go on without it.
func Client(tb testing.TB) *incus.Client {
	tb.Helper()
	if os.Geteuid() != 0 {
		tb.Skip("Tests on real machines need root.")
	}
	client := incus.New("")
	_, err := client.Server(tb.Context())
	if errors.Is(err, context.DeadlineExceeded) {
		tb.Fatalf("Incus runs and does not answer: %v", err)
	}
	if err != nil {
		tb.Skipf("Tests on real machines need a running Incus (dictumal setup): %v", err)
	}
	return client
}

// Name makes a name for what a test makes in Incus; all begin alike.
func Name() string { return "dictumal-test-" + strings.ToLower(rand.Text()[:10]) }

// Image stores an image that holds nothing but the program tiny, under an alias
// that it returns, for the duration of the test.
func Image(tb testing.TB, client *incus.Client) string {
	tb.Helper()
	alias := Name()
	fingerprint, err := client.ImportImage(tb.Context(), bytes.NewReader(pack(tb, alias)), nil)
	if err != nil {
		tb.Fatalf("import the test image: %v", err)
	}
	tb.Cleanup(func() {
		if err := client.DeleteImage(context.WithoutCancel(tb.Context()), fingerprint); err != nil && !incus.NotFound(err) {
			tb.Errorf("delete the test image: %v", err)
		}
	})
	if err := client.SetAlias(tb.Context(), alias, fingerprint); err != nil {
		tb.Fatalf("name the test image: %v", err)
	}
	return alias
}

// Build builds the program tiny, which needs nothing of the machine that it runs
// on, and gives its path.
func Build(tb testing.TB) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "tiny")
	command := exec.CommandContext(tb.Context(), "go", "build", "-ldflags=-s -w", "-o", path,
		"github.com/dictumal/dictumal/internal/incustest/tiny")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if output, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("build the test program: %v\n%s", err, output)
	}
	return path
}

// Private

const metadata = `{"architecture": %q, "creation_date": 1700000000, "properties": {"description": %q},
"templates": {"/etc/user-data": {"when": ["create", "copy"], "template": "user-data.tpl"}}}`

// pack makes a unified image; the name in it keeps it apart from those of tests
// at the same time, since an image's fingerprint is its content's.
func pack(tb testing.TB, name string) []byte {
	tb.Helper()
	program, err := os.ReadFile(Build(tb))
	if err != nil {
		tb.Fatalf("read the test program: %v", err)
	}
	architecture := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[runtime.GOARCH]
	var image bytes.Buffer
	archive := tar.NewWriter(&image)
	for _, folder := range []string{"templates", "rootfs", "rootfs/sbin", "rootfs/etc", "rootfs/proc", "rootfs/sys", "rootfs/dev", "rootfs/run", "rootfs/tmp"} {
		add(tb, archive, &tar.Header{Typeflag: tar.TypeDir, Name: folder + "/", Mode: 0o755}, "")
	}
	add(tb, archive, &tar.Header{Name: "metadata.yaml", Mode: 0o644}, fmt.Sprintf(metadata, architecture, name))
	add(tb, archive, &tar.Header{Name: "templates/user-data.tpl", Mode: 0o644}, `{{ config_get("cloud-init.user-data", "") }}`)
	add(tb, archive, &tar.Header{Name: "rootfs/sbin/init", Mode: 0o755}, string(program))
	if err := archive.Close(); err != nil {
		tb.Fatalf("pack the test image: %v", err)
	}
	return image.Bytes()
}

func add(tb testing.TB, archive *tar.Writer, header *tar.Header, content string) {
	tb.Helper()
	header.Size = int64(len(content))
	if err := archive.WriteHeader(header); err != nil {
		tb.Fatalf("pack %s: %v", header.Name, err)
	}
	if _, err := archive.Write([]byte(content)); err != nil {
		tb.Fatalf("pack %s: %v", header.Name, err)
	}
}

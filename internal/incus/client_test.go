package incus_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incustest"
)

func TestErrorsSayWhatTheDaemonAnswered(t *testing.T) {
	client := incustest.Client(t)
	cases := []struct {
		name string
		ask  func(context.Context) error
		is   func(error) bool
	}{
		{"a missing instance is not found", func(ctx context.Context) error {
			_, err := client.Instance(ctx, "nothing")
			return err
		}, incus.NotFound},
		{"a missing image is not found", func(ctx context.Context) error {
			_, err := client.ResolveAlias(ctx, "no/thing?")
			return err
		}, incus.NotFound},
		{"a broken image is neither missing nor there", func(ctx context.Context) error {
			_, err := client.ImportImage(ctx, strings.NewReader(""), nil)
			return err
		}, func(err error) bool { return err != nil && !incus.NotFound(err) && !incus.Conflict(err) }},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			if err := test.ask(t.Context()); !test.is(err) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestASocketThatIsNotThereIsNoAnswer(t *testing.T) {
	_, err := incus.New(filepath.Join(t.TempDir(), "s")).Server(t.Context())
	if _, answered := errors.AsType[*incus.Error](err); err == nil || answered {
		t.Errorf("the error is %v, want one that is no answer", err)
	}
}

func TestAnImageIsImportedInTwoParts(t *testing.T) {
	client := incustest.Client(t)
	name := incustest.Name()
	fingerprint, err := client.ImportImage(t.Context(), strings.NewReader(metadata(t, name)), squashfs(t))
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	t.Cleanup(func() {
		if err := client.DeleteImage(context.WithoutCancel(t.Context()), fingerprint); err != nil {
			t.Errorf("delete: %v", err)
		}
	})
	for range 2 { // an alias may be set again
		if err := client.SetAlias(t.Context(), name, fingerprint); err != nil {
			t.Fatalf("set the alias: %v", err)
		}
	}
	if got, err := client.ResolveAlias(t.Context(), name); err != nil || got != fingerprint {
		t.Errorf("the alias names %q and error %v, want %s", got, err, fingerprint)
	}
	image, err := client.Image(t.Context(), fingerprint)
	if err != nil || image.Properties["description"] != name || image.Size == 0 {
		t.Errorf("the image is %+v and error %v, want its description", image, err)
	}
}

func TestAFailedOperationGivesTheDaemonsWords(t *testing.T) {
	client := incustest.Client(t)
	order := incus.NewInstance{Name: incustest.Name(), Type: "container", Source: incus.Source{Type: "image", Alias: "nothing"}}
	operation, err := client.CreateInstance(t.Context(), order)
	if err == nil {
		err = operation.Wait(t.Context())
	}
	if _, answered := errors.AsType[*incus.Error](err); !answered || !strings.Contains(err.Error(), "Image") {
		t.Errorf("the error is %v, want the daemon's own about the image", err)
	}
}

// Private

func metadata(t *testing.T, description string) string {
	t.Helper()
	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	text := "architecture: x86_64\ncreation_date: 1700000000\nproperties: {description: " + description + "}\n"
	if err := archive.WriteHeader(&tar.Header{Name: "metadata.yaml", Mode: 0o644, Size: int64(len(text))}); err != nil {
		t.Fatalf("pack: %v", err)
	}
	if _, err := archive.Write([]byte(text)); err != nil {
		t.Fatalf("pack: %v", err)
	}
	if err := archive.Close(); err != nil {
		t.Fatalf("pack: %v", err)
	}
	return packed.String()
}

func squashfs(t *testing.T) *bytes.Reader {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.squashfs")
	command := exec.CommandContext(t.Context(), "mksquashfs", t.TempDir(), path, "-quiet", "-no-progress")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("make a root: %v: %s", err, output)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the root: %v", err)
	}
	return bytes.NewReader(content)
}

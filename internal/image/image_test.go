package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestTheDigestChangesWithEverythingThatAnImageIsMadeOf(t *testing.T) {
	before := desktop().digest()
	changes := map[string]func(*recipe){
		"a package":        func(r *recipe) { r.packages = append(r.packages, "more") },
		"a file's content": func(r *recipe) { r.files[0].Content = []byte("other") },
		"a file's mode":    func(r *recipe) { r.files[0].Mode = 0o600 },
		"a command":        func(r *recipe) { r.commands = r.commands[1:] },
		"the seed":         func(r *recipe) { r.seed += "more" },
		"the release":      func(r *recipe) { r.release = ubuntu() },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			recipe := desktop()
			change(&recipe)
			if recipe.digest() == before {
				t.Error("an image made from something else would count as the same")
			}
		})
	}
	if desktop().digest() != before {
		t.Error("the same recipe has two digests")
	}
}

func TestMetadata(t *testing.T) {
	b := newBuilder(Options{}, desktop())
	b.digest = "DIGEST"
	path := filepath.Join(t.TempDir(), metadataName)
	if err := b.writeMetadata(path, time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	packed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "metadata.golden", list(t, packed))
}

func TestBuildSaysWhatToDoWhereIncusIsMissing(t *testing.T) {
	err := Build(t.Context(), Options{Client: incus.New(filepath.Join(t.TempDir(), "none"))})
	refusal, ok := errors.AsType[*dictumal.Refusal](err)
	if !ok || refusal.Reason != dictumal.ReasonProviderMissing || refusal.NextStep == "" {
		t.Errorf("got %v", err)
	}
}

func TestCheckRoomSaysHowMuchIsFree(t *testing.T) {
	err := checkRoom("/proc") // a file system without any room
	refused, ok := errors.AsType[*dictumal.Error](err)
	if !ok || !strings.Contains(refused.Message, "0.0 GiB are free") {
		t.Errorf("got %v", err)
	}
}

// Helpers

func list(t *testing.T, packed []byte) string {
	t.Helper()
	var listed strings.Builder
	for reader := tar.NewReader(bytes.NewReader(packed)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return listed.String()
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(&listed, "== %s\n%s\n", header.Name, content)
	}
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s (-want +got):\n%s", path, diff)
	}
}

package sbom_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/sbom"
)

// root is where the bill is made.
func root(t *testing.T) {
	t.Helper()
	t.Chdir("../..")
}

func build(t *testing.T) (binary string) {
	t.Helper()
	binary = filepath.Join(t.TempDir(), "dictumal")
	run := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version=v9.9.9", "-o", binary, "./cmd/dictumal")
	run.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

func TestTheBillOfMaterials(t *testing.T) {
	root(t)
	binary := build(t)
	t.Run("holds everything that is shipped", func(t *testing.T) { holdsEverything(t, binary) })
	t.Run("is the same for the same binary", func(t *testing.T) { isTheSame(t, binary) })
}

// Private

func holdsEverything(t *testing.T, binary string) {
	t.Helper()
	bill, err := sbom.Of(binary)
	if err != nil {
		t.Fatal(err)
	}
	if c := bill.Metadata.Component; c.Version != "v9.9.9" || len(c.Hashes) != 1 || len(c.Hashes[0].Content) != 64 {
		t.Errorf("the bill is of %+v", c)
	}
	listed := map[string]sbom.Component{}
	for _, c := range bill.Components {
		if _, twice := listed[c.Ref]; twice {
			t.Errorf("%s is listed twice", c.Ref)
		}
		listed[c.Ref] = c
		if c.Version == "" || len(c.Licenses) == 0 {
			t.Errorf("%s has the version %q and the licences %v", c.Ref, c.Version, c.Licenses)
		}
		own := c.Ref == "golang/stdlib" || strings.HasSuffix(c.Ref, "/vendor/pako") // parts of what has a checksum
		if !own && (len(c.Hashes) == 0 || !regexp.MustCompile(`^[0-9a-f]{64}([0-9a-f]{64})?$`).MatchString(c.Hashes[0].Content)) {
			t.Errorf("%s has the checksums %v", c.Ref, c.Hashes)
		}
	}
	want := func(ref, version string) {
		if got := listed[ref]; got.Version != version {
			t.Errorf("%s is listed with the version %q, want %q", ref, got.Version, version)
		}
	}
	for line := range strings.SplitSeq(output(t, "go", "version", "-m", binary), "\n") {
		if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "dep" {
			want("golang/"+fields[1], fields[2])
		}
	}
	for name, version := range dependencies(t) {
		want("npm/"+name, version)
	}
	if _, ok := listed["npm/axe-core"]; ok {
		t.Error("what only tests use is listed as shipped")
	}
	want("oci/docker.io/guacamole/guacamole", "1.6.0")
	want("oci/docker.io/guacamole/guacd", "1.6.0")
}

func isTheSame(t *testing.T, binary string) {
	t.Helper()
	var texts [2]bytes.Buffer
	for i := range texts {
		bill, err := sbom.Of(binary)
		if err != nil {
			t.Fatal(err)
		}
		if err := bill.Write(&texts[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(texts[0].Bytes(), texts[1].Bytes()) {
		t.Error("two bills of one binary differ")
	}
	var document struct{ BOMFormat, SpecVersion string }
	if err := json.Unmarshal(texts[0].Bytes(), &document); err != nil || document.BOMFormat != "CycloneDX" || document.SpecVersion != "1.5" {
		t.Errorf("it says that it is %+v, %v", document, err)
	}
}

func output(t *testing.T, command string, arguments ...string) string {
	t.Helper()
	run := exec.CommandContext(t.Context(), command, arguments...)
	run.Stderr = os.Stderr
	text, err := run.Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(text)
}

// dependencies are the packages that the pages are made of.
func dependencies(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct{ Dependencies map[string]string }
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest.Dependencies
}

package sbom_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sources are the files that decide what is fetched: not the prose, not what was
// recorded, and not these tests.
func sources(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for file := range strings.FieldsSeq(output(t, "git", "ls-files")) {
		switch {
		case strings.HasPrefix(file, "docs/"), strings.HasPrefix(file, "internal/sbom/"), strings.Contains(file, "testdata/"),
			strings.HasSuffix(file, ".md"), strings.HasSuffix(file, ".png"), strings.HasSuffix(file, "_test.go"):
			continue
		}
		text, err := os.ReadFile(filepath.FromSlash(file))
		if os.IsNotExist(err) {
			continue // removed, and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	return texts
}

func TestNothingIsFetchedThatIsNotNamedExactly(t *testing.T) {
	root(t)
	for _, rule := range []struct {
		name          string
		found, except string
	}{
		{"an image without its digest", `(?m)\b(?:docker\.io|ghcr\.io|quay\.io|gcr\.io|registry\.[a-z.]+)/[a-z0-9/._-]+(?::[A-Za-z0-9._-]+)?(?:@sha256:[0-9a-f]{64})?`, `@sha256:[0-9a-f]{64}$|^registry\.example`},
		{"whatever is the latest", `(?:@|:)latest\b`, `^$`},
		{"a Go program without its version", `go (?:run|install) [a-z0-9]+\.[a-z]+/[^\s"]+`, `@v[0-9]+\.[0-9]+\.[0-9]+$`},
		{"a package of npm by its name alone", `npm (?:i|install|exec)\b|npx `, `^$`},
		{"packages that nobody has signed", `(?i)trusted=yes|allow-unauthenticated|AllowInsecureRepositories|no-check-gpg`, `^$`},
		{"a script from somewhere, run as it comes", `(?:curl|wget)[^|\n]*\|\s*(?:ba)?sh\b`, `^$`},
	} {
		pattern, except := regexp.MustCompile(rule.found), regexp.MustCompile(rule.except)
		for file, text := range sources(t) {
			for _, found := range pattern.FindAllString(text, -1) {
				if !except.MatchString(found) {
					t.Errorf("%s has %s: %s", file, rule.name, found)
				}
			}
		}
	}
}

func TestEveryPackageOfNPMIsLockedWithItsChecksum(t *testing.T) {
	root(t)
	text, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	for folder, p := range lock.Packages {
		if folder != "" && !strings.HasPrefix(p.Integrity, "sha512-") {
			t.Errorf("%s %s has the checksum %q", folder, p.Version, p.Integrity)
		}
	}
	exact := regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+$`)
	for name, version := range dependencies(t) {
		if !exact.MatchString(version) {
			t.Errorf("%s is wanted as %q, which is no one version", name, version)
		}
	}
}

func TestEveryModuleIsInTheSumsOfItsTexts(t *testing.T) {
	root(t)
	sums, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(output(t, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} h1:{{end}}{{end}}", "./...")), "\n") {
		if line != "" && !strings.Contains(string(sums), line) {
			t.Errorf("%q is not in go.sum", line)
		}
	}
	if text, err := os.ReadFile("go.mod"); err != nil || strings.Contains(string(text), "\nreplace") {
		t.Errorf("a module is replaced by another: %v", err)
	}
}

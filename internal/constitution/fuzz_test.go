package constitution_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/constitution"
)

// FuzzParse checks that a document is read the same twice and by a second reader of
// YAML, that it binds a machine within the bounds, and that a refusal has a place.
func FuzzParse(f *testing.F) {
	for _, c := range faultCases() {
		f.Add(c.document)
	}
	for _, matter := range []string{
		"a: &a [x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\ntitle: *c",
		"software: " + strings.Repeat("[", 3000), "software: " + strings.Repeat("{a: ", 2000) + "x", strings.Repeat("- ", 4000) + "x",
		"title: x\n\"title\": y", "title: x\n'ti\\u0074le': y", "machine: {size: a, \"si\\x7ae\": b}", "? {a: b}\n: c", "title: |2-\n   x", "%YAML 1.1\n---\ntitle: x",
		"software:\n  files:\n    - {path: \"~/a\", content: \"\\u2028\\0\"}", "title: \"\\ud800\"", "privileges: {sudo: !!bool yes}", "lifetime: {ttl: 0x1p-2h}",
		"title: x\nmachine: {size: s-1vcpu-2gb}\nsoftware: {packages: [git], autostart: [\"sh -c 'a b'\"], files: [{path: ~/x, content: y}]}\nprivileges: {sudo: true}",
	} {
		f.Add("---\n" + matter + "\n---\n# X\n")
	}
	f.Fuzz(func(t *testing.T, document string) {
		parsed, err := constitution.Parse(document)
		if err != nil {
			checkRefusal(t, document, err)
			return
		}
		again, err := constitution.Parse(parsed.Document)
		sum := sha256.Sum256([]byte(parsed.Document))
		if err != nil || again.Hash != parsed.Hash || parsed.Hash != hex.EncodeToString(sum[:]) || !cmp.Equal(parsed.Policy, again.Policy) {
			t.Fatalf("reading what was read gives something else: %v", err)
		}
		if matter := matterOf(parsed); matter != "" {
			var read any
			if err := yaml.Unmarshal([]byte(matter), &read); err != nil { // such as for a key that is written twice
				t.Errorf("it is accepted, and another reader refuses it: %v: %q", err, matter)
			}
		}
		checkPolicy(t, parsed.Policy)
		if _, err := constitution.RenderHTML(document); err != nil {
			t.Fatal(err)
		}
	})
}

// Private

func checkRefusal(t *testing.T, document string, err error) {
	t.Helper()
	refused, ok := errors.AsType[*dictumal.Error](err)
	if !ok || refused.Code != dictumal.CodeInvalid || len(refused.Faults) == 0 {
		t.Fatalf("an error without faults: %v", err)
	}
	normal := constitution.Normalize(document)
	lines := strings.Split(normal, "\n")
	for _, fault := range refused.Faults {
		if len(normal) > dictumal.MaxDocument {
			continue // it has no place
		}
		if fault.Line < 1 || fault.Line > len(lines) || fault.Column < 1 || fault.Column > len(lines[fault.Line-1])+2 { // what is missing stands after a blank
			t.Errorf("there is no place %d:%d: %q", fault.Line, fault.Column, fault.Message)
		}
		if fault.Message == "" || strings.ContainsFunc(fault.Message, unicode.IsControl) || len(fault.Message) > 4*dictumal.MaxDocument {
			t.Errorf("this is no sentence: %q", fault.Message)
		}
	}
}

// matterOf is the front matter of a document that was accepted.
func matterOf(parsed dictumal.Constitution) string {
	head := strings.TrimSuffix(parsed.Document, constitution.Body(parsed.Document))
	lines := strings.SplitAfter(head, "\n")
	if len(lines) < 3 {
		return ""
	}
	return strings.Join(lines[1:len(lines)-2], "")
}

// checkPolicy wants the bounds that the design promises, whatever the parser thinks.
func checkPolicy(t *testing.T, p dictumal.Policy) {
	t.Helper()
	name := regexp.MustCompile(`^[a-z0-9][a-z0-9.+-]*[a-z0-9+]$`)
	slug := regexp.MustCompile(`^[a-z0-9-]*$`)
	for _, wrong := range []struct {
		what string
		is   bool
	}{
		{"the title", p.Title == "" || len([]rune(p.Title)) > 120 || strings.ContainsFunc(p.Title, unicode.IsControl)},
		{"the lifetime", p.Lifetime.TTL < 5*time.Minute || p.Lifetime.TTL > 24*time.Hour || p.Lifetime.Idle != 0},
		{"the budget", p.Lifetime.Budget < 0 || p.Lifetime.Budget > 10_000},
		{"the region or size", !slug.MatchString(p.Machine.Region) || !slug.MatchString(p.Machine.Size)},
		{"the resolution", p.Machine.Resolution.Width < 640 || p.Machine.Resolution.Width > 3840 || p.Machine.Resolution.Height < 480 || p.Machine.Resolution.Height > 2160},
		{"the network", p.Network.Egress != dictumal.EgressOpen || len(p.Network.Allow) > 0},
		{"a package", slices.ContainsFunc(p.Software.Packages, func(p string) bool { return !name.MatchString(p) })},
		{"a command", slices.ContainsFunc(p.Software.Autostart, func(words []string) bool { return len(words) == 0 || words[0] == "" })},
		{"a file", slices.ContainsFunc(p.Software.Files, func(f dictumal.File) bool { return strayed(f.Path, p.Privileges.Sudo) })},
		{"the stream", !slices.Contains([]string{"full", "view-only"}, fmt.Sprint(p.Stream.Control))},
	} {
		if wrong.is {
			t.Errorf("%s is out of bounds: %+v", wrong.what, p)
		}
	}
}

// strayed tells whether a path leads where no document may write.
func strayed(path string, sudo bool) bool {
	parts := strings.Split(path, "/")
	if slices.Contains(parts, "..") || slices.Contains(parts[1:], "") || strings.ContainsFunc(path, unicode.IsControl) {
		return true
	}
	if parts[0] == "~" && len(parts) > 1 {
		return false
	}
	return !sudo || parts[0] != "" || slices.Contains([]string{"run", "proc", "sys", "dev"}, parts[1]) || strings.HasPrefix(path, "/etc/dictumal/")
}

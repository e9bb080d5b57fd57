package bootstrap

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestUserData(t *testing.T) {
	tests := map[string]Input{
		"a minimal constitution":  input("# Minimal\n", dictumal.Policy{Title: "Minimal"}),
		"every clause that binds": input("# Full\n\nAll of it.\n", full()),
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			text, err := UserData(in)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, strings.ReplaceAll(name, " ", "-")+".golden", legible(t, text))
		})
	}
}

func TestUserDataIsTheSameForTheSameInput(t *testing.T) {
	first, err := UserData(input("# Same\n", full()))
	if err != nil {
		t.Fatal(err)
	}
	second, err := UserData(input("# Same\n", full()))
	if err != nil {
		t.Fatal(err)
	}
	if first != second {
		t.Error("two user-data of one input differ")
	}
}

func TestUserDataRefusesTheGuacamoleStream(t *testing.T) {
	in := input("# G\n", dictumal.Policy{})
	in.Stream = dictumal.Guacamole
	_, err := UserData(in)
	if got := dictumal.ErrorCode(err); got != dictumal.CodeInvalid {
		t.Errorf("got %v, want a refusal", err)
	}
}

func TestCheckRefusesADocumentThatNoMachineCouldTake(t *testing.T) {
	in := Input{Document: noise(48 << 10)}
	refused, ok := errors.AsType[*dictumal.Error](Check(in))
	if !ok || !strings.Contains(refused.Message, "Shorten") {
		t.Errorf("got %v, want a sentence that says what to do", refused)
	}
	in.Document = noise(dictumal.MaxDocument)
	if err := Check(in); err != nil {
		t.Errorf("a document of the most bytes, which hardly compresses: %v", err)
	}
}

func TestTheLastFileIsTheVersion(t *testing.T) {
	files := Files()
	if last := files[len(files)-1]; last.Path != VersionPath {
		t.Errorf("last is %s: a machine that was interrupted would count as complete", last.Path)
	}
}

func TestProgramsAreExecutable(t *testing.T) {
	want := map[string]bool{"account": true, "autostart": true, "bootstrap": true, "probe": true}
	for _, file := range Files() {
		if file.Mode == 0o755 {
			delete(want, filepath.Base(file.Path))
		}
	}
	if len(want) > 0 {
		t.Errorf("not executable: %v", want)
	}
}

// Helpers

func input(document string, policy dictumal.Policy) Input {
	return Input{
		Hostname:      "dictumal-k3v9-01jd2zqk3f8x5n7w9r4t6y8b2c",
		AuthorizedKey: "ssh-ed25519 AAAAclient",
		HostKey:       HostKey{PrivatePEM: "-----BEGIN…\nhost\n-----END…\n", PublicLine: "ssh-ed25519 AAAAhost"},
		Policy:        policy,
		Document:      document,
		Stream:        dictumal.Native,
	}
}

func full() dictumal.Policy {
	return dictumal.Policy{
		Title:   "Full",
		Machine: dictumal.MachinePolicy{Resolution: dictumal.Resolution{Width: 1920, Height: 1080}},
		Software: dictumal.SoftwarePolicy{
			Packages:  []string{"git", "g++", "firefox"},
			Autostart: [][]string{{"xfce4-terminal", "--title", "a \"b\" $c; `d` %f"}, {"mousepad"}},
			Files:     []dictumal.File{{Path: "~/notes/to do.txt", Content: "one\n'two' {{ three }}\n"}},
		},
		Stream:     dictumal.StreamPolicy{Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardPaste},
		Privileges: dictumal.PrivilegesPolicy{Sudo: true},
	}
}

// legible replaces each packed file by a list of what is in it. The files that
// every machine has stand there by name only.
func legible(t *testing.T, text string) string {
	t.Helper()
	config := decode(t, text)
	for i, file := range config.WriteFiles {
		content := unbase64(t, file.Content)
		if !strings.HasSuffix(file.Path, ".tar.gz") {
			config.WriteFiles[i].Content = content
			continue
		}
		var listed strings.Builder
		for _, packed := range unpack(t, content) {
			_, _ = fmt.Fprintf(&listed, "%o %s\n", packed.Mode, packed.Path)
			if strings.HasSuffix(file.Path, "/deployment.tar.gz") {
				listed.Write(packed.Content)
			}
		}
		config.WriteFiles[i].Content = listed.String()
	}
	config.BootCommands[0][len(config.BootCommands[0])-1] = "VERSION"
	shown, err := config.encode()
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(shown, `\n`, "\n    ")
}

func decode(t *testing.T, text string) cloudConfig {
	t.Helper()
	body, found := strings.CutPrefix(text, "#cloud-config\n")
	if !found {
		t.Fatalf("begins with %.20q", text)
	}
	var config cloudConfig
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil {
		t.Fatal(err)
	}
	return config
}

func unbase64(t *testing.T, text string) string {
	t.Helper()
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func unpack(t *testing.T, packed string) []File {
	t.Helper()
	plain, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	var files []File
	for reader := tar.NewReader(plain); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		var content bytes.Buffer
		if _, err := content.ReadFrom(reader); err != nil {
			t.Fatal(err)
		}
		files = append(files, File{"/" + header.Name, header.FileInfo().Mode(), content.Bytes()})
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

// noise is text that does not compress below three quarters.
func noise(size int) string {
	raw := make([]byte, size)
	state := uint32(1)
	for i := range raw {
		state = state*1664525 + 1013904223
		raw[i] = byte(state >> 24)
	}
	return base64.StdEncoding.EncodeToString(raw)[:size]
}

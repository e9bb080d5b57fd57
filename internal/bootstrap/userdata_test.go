package bootstrap

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
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
		"the guacamole stream":    streamed(input("# Minimal\n", dictumal.Policy{Title: "Minimal"})),
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

func TestUserDataRefusesAStreamWithoutWhatItNeeds(t *testing.T) {
	tests := map[string]func(*Input){
		"a stream that nobody knows":      func(in *Input) { in.Stream = "smoke" },
		"no secret at all":                func(in *Input) { in.Guacamole = nil },
		"a password file of a wrong size": func(in *Input) { in.Guacamole.PasswordFile = make([]byte, 16) },
		"a key of a wrong size":           func(in *Input) { in.Guacamole.JSONKey = make([]byte, 15) },
		"an option for an image":          func(in *Input) { in.Guacamole.GuacdImage = "--privileged" },
		"two words for an image":          func(in *Input) { in.Guacamole.GuacamoleImage = "a b" },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			in := streamed(input("# G\n", dictumal.Policy{}))
			spoil(&in)
			refused, ok := errors.AsType[*dictumal.Error](second(UserData(in)))
			if !ok || refused.Code != dictumal.CodeInvalid || refused.Message == "" {
				t.Errorf("got %v, want a refusal in a sentence", refused)
			}
		})
	}
}

func TestTheSecretsOfTheStreamAreForRootAlone(t *testing.T) {
	files, err := deploymentFiles(streamed(input("# G\n", dictumal.Policy{})))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		for _, secret := range []string{"8 bytes!", hex.EncodeToString([]byte("sixteen key byte"))} {
			if !bytes.Contains(file.Content, []byte(secret)) {
				continue
			}
			found++
			if file.Mode != 0o600 {
				t.Errorf("%s holds a secret and has the mode %o", file.Path, file.Mode)
			}
		}
	}
	if found != 2 {
		t.Errorf("%d files hold a secret, want each in one", found)
	}
}

func TestValidImage(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0a", 32)
	tests := map[string]bool{
		OfficialGuacamole: true, OfficialGuacd: true, "guacd": true, "guacamole/guacd:1.6.0": true,
		"127.0.0.1:5000/guacamole/guacd:1.6.0": true, "registry.example/a/b_c/d--e" + digest: true,
		"": false, "-v": false, "--privileged": false, "a b": false, "a\nb": false, "a:": false, "a@sha256:12": false,
		"Guacamole": false, "a//b": false, "/a": false, "a;b": false, "$(a)": false, "${A}": false, "a:" + strings.Repeat("t", 129): false,
		"a/" + strings.Repeat("b", maxImage): false,
	}
	for name, want := range tests {
		if got := ValidImage(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
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

func TestCheckThinksOfTheStreamThatNeedsMoreRoom(t *testing.T) {
	room := string(make([]byte, keyRoom))
	in := input("", dictumal.Policy{})
	in.AuthorizedKey, in.HostKey = room, HostKey{PrivatePEM: room, PublicLine: room}
	largest := 0
	for size := 1 << 10; size > 0; {
		in.Document = noise(largest + size)
		if _, err := UserData(in); err == nil {
			largest += size
		} else {
			size /= 2
		}
	}
	if err := Check(Input{Document: noise(largest)}); err == nil {
		t.Errorf("a document of %d bytes is all that one stream takes, and the other needs more", largest)
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

func streamed(in Input) Input {
	in.Stream = dictumal.Guacamole
	in.Guacamole = &Guacamole{
		PasswordFile: []byte("8 bytes!"), JSONKey: []byte("sixteen key byte"),
		GuacamoleImage: "registry.example/guacamole:1.6.0", GuacdImage: "registry.example/guacd:1.6.0",
	}
	return in
}

func second[A, B any](_ A, b B) B { return b }

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

func decode(tb testing.TB, text string) cloudConfig {
	tb.Helper()
	body, found := strings.CutPrefix(text, "#cloud-config\n")
	if !found {
		tb.Fatalf("begins with %.20q", text)
	}
	var config cloudConfig
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&config); err != nil {
		tb.Fatal(err)
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

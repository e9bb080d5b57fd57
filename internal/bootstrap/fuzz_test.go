package bootstrap

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

// FuzzUserData checks that nothing a person wrote moves a byte of the user-data but
// in the one archive that is there for it, and that there it is read as it was
// written: as values, and never as a path, a directive or another file.
func FuzzUserData(f *testing.F) {
	f.Add("# Rules\n", "Rules", "git", "mousepad", "~/a.txt", "text", 1440, 900, true)
	f.Add("---\ntitle: x\n---\n", "\"}],\"bootcmd\":[[\"sh\"]]", "x\n#cloud-config\nruncmd: [id]", "$(id);`id`", "/../../etc/shadow", "root::0:0:::\n", -1, 0, false)
	f.Add("\xff\x00\u2028", "## template: jinja\n{{ ds }}", "--", "%f \\x", "~/\x00", strings.Repeat("a", 600), 65536, 1, false)
	f.Add("Content-Type: multipart/mixed; boundary=x\n\n--x", "#include http://x", "a,b", "\r\n[Desktop Entry]", "~/.ssh/authorized_keys", "ssh-ed25519 AAAA", 1, 65535, true)
	expected, _ := cutArchive(f, blank(f))
	f.Fuzz(func(t *testing.T, document, title, name, command, path, content string, width, height int, sudo bool) {
		in := input(document, dictumal.Policy{
			Title: title, Machine: dictumal.MachinePolicy{Resolution: dictumal.Resolution{Width: width, Height: height}},
			Software: dictumal.SoftwarePolicy{
				Packages: []string{name}, Autostart: [][]string{{command, title}, {name}}, Files: []dictumal.File{{Path: path, Content: content}},
			},
			Privileges: dictumal.PrivilegesPolicy{Sudo: sudo},
		})
		text, err := UserData(in)
		if err != nil {
			if refused, ok := errors.AsType[*dictumal.Error](err); !ok || refused.Code != dictumal.CodeInvalid || len(document)+len(content) < MaxUserData/4 {
				t.Fatalf("it is refused: %v", err)
			}
			return
		}
		around, archive := cutArchive(t, text)
		if around != expected {
			t.Fatalf("outside the archive it differs (-want +got):\n%s", cmp.Diff(expected, around))
		}
		checkArchive(t, in, unpack(t, unbase64(t, archive)))
	})
}

// cutArchive parts user-data into what surrounds the deployment's archive and the
// archive, as base64.
func cutArchive(tb testing.TB, text string) (around, archive string) {
	tb.Helper()
	for _, file := range decode(tb, text).WriteFiles {
		if strings.HasSuffix(file.Path, "/deployment.tar.gz") {
			return strings.Replace(text, file.Content, "", 1), file.Content
		}
	}
	tb.Fatal("there is no archive of the deployment")
	return "", ""
}

func checkArchive(t *testing.T, in Input, files []File) {
	t.Helper()
	var paths []string
	for _, file := range files {
		paths = append(paths, file.Path)
		var want, got any
		switch file.Path {
		case dictumal.ConstitutionPath:
			want, got = in.Document, string(file.Content)
		case "/var/lib/dictumal/payload/files/0":
			want, got = in.Policy.Software.Files[0].Content, string(file.Content)
		case "/etc/dictumal/machine.json":
			got = read[orders](t, file.Content)
			want = orders{
				Deployment: in.Hostname, Title: asJSON(in.Policy.Title), Packages: []string{asJSON(in.Policy.Software.Packages[0])},
				Sudo: in.Policy.Privileges.Sudo, Files: []string{asJSON(in.Policy.Software.Files[0].Path)}, Stream: "native", Images: []string{},
			}
		case "/etc/dictumal/autostart.json":
			first, last := in.Policy.Software.Autostart[0], in.Policy.Software.Autostart[1]
			got, want = read[[][]string](t, file.Content), [][]string{{asJSON(first[0]), asJSON(first[1])}, {asJSON(last[0])}}
		case "/etc/dictumal/desktop.env":
			want, got = 2, strings.Count(string(file.Content), "\n")
		default:
			if strings.Contains(string(file.Content), in.Policy.Software.Autostart[0][0]) && len(in.Policy.Software.Autostart[0][0]) > len("autostart") {
				t.Errorf("%s holds the command: %q", file.Path, file.Content)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file.Path, diff)
		}
	}
	want := []string{
		dictumal.ConstitutionPath, "/etc/dictumal/machine.json", "/etc/dictumal/autostart.json", "/etc/dictumal/desktop.env",
		"/etc/xdg/dictumal/autostart/dictumal-00.desktop", "/etc/xdg/dictumal/autostart/dictumal-01.desktop", "/var/lib/dictumal/payload/files/0",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("the files are %q, want %q", paths, want)
	}
}

func read[T any](t *testing.T, text []byte) (value T) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		t.Errorf("it is no single JSON value of its kind: %v: %q", err, text)
	}
	return value
}

// asJSON is a text as JSON has it, which knows no bytes but those of Unicode.
func asJSON(text string) string {
	if utf8.ValidString(text) {
		return text
	}
	return string([]rune(text))
}

func blank(tb testing.TB) string {
	tb.Helper()
	text, err := UserData(input("", dictumal.Policy{}))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

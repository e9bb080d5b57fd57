package machine

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
)

// FuzzHostKeyLine checks that what is pinned is one ed25519 key and the very one that
// stands in the line, and that nothing else in the line has a say.
func FuzzHostKeyLine(f *testing.F) {
	pair, err := NewKeyPair()
	if err != nil {
		f.Fatal(err)
	}
	line := pair.AuthorizedLine
	f.Add(ecdsaLine(f))
	_, blob, _ := strings.Cut(line, " ")
	for _, line := range []string{
		line, line + " a comment", "\n# a comment\n" + line + "\n", line + "\n" + line, "@cert-authority * " + line, `command="id" ` + line, "host " + line,
		"ssh-rsa " + blob, "ssh-ed25519 " + blob[:len(blob)-8], "ssh-ed25519 " + blob + "AAAA", "SSH-ED25519 " + blob, "ecdsa-sha2-nistp256 AAAA", "", "ssh-ed25519", "\x00" + line,
		"ssh-ed25519-cert-v01@openssh.com " + blob, "sk-ssh-ed25519@openssh.com " + blob, strings.ReplaceAll(line, " ", "\t"), "ssh-ed25519 " + strings.Repeat("A", 9000),
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		_, pinned, err := Target{ClientKey: pair.PrivatePEM, HostKey: line}.keys()
		if err != nil {
			if pinned != nil {
				t.Errorf("%q is refused with %q and the key %v", line, err, pinned)
			}
			return
		}
		raw := wire25519(pinned.Marshal())
		if raw == nil {
			t.Fatalf("%q is pinned, and is no ed25519 key", line)
		}
		if !slices.ContainsFunc(strings.Fields(line), func(word string) bool {
			data, err := base64.StdEncoding.DecodeString(word)
			return err == nil && bytes.Equal(wire25519(data), raw)
		}) {
			t.Errorf("%q pins a key that does not stand there", line)
		}
		keys := 0
		for row := range strings.Lines(line) {
			if row = strings.TrimSpace(row); row != "" && !strings.HasPrefix(row, "#") && strings.Contains(row, " ") {
				if data, err := base64.StdEncoding.DecodeString(strings.Fields(row)[1]); err == nil && wire25519(data) != nil {
					keys++
				}
			}
		}
		if keys > 1 {
			t.Errorf("%q holds %d keys, and one of them is pinned", line, keys)
		}
	})
}

// FuzzProbeAnswer is a machine that says anything of itself: what is taken over is
// bounded, printable, and of known kinds.
func FuzzProbeAnswer(f *testing.F) {
	for _, says := range []string{
		`{"bootstrap":"running","vnc":true,"desktop":false,"dialogs":["Error"],"now":1763785672.5}`,
		`{"bootstrap":"failed","reason":"package-unknown","cause":"E: no package\u001b[2J\r\nlevel=ERROR"}`, `{"bootstrap":"failed","reason":"active"}`,
		`{"bootstrap":"done","now":1e308}`, `{"bootstrap":"done","now":-1e308,"dialogs":[` + strings.Repeat(`"\u202e<img onerror=x>",`, 50) + `"x"]}`,
		`{"bootstrap":"\u0000"}`, `{"bootstrap":"done","dialogs":["` + strings.Repeat("é", 5000) + `"]}`, `null`, `[]`, ``, strings.Repeat("[", 9000),
	} {
		f.Add([]byte(says))
	}
	at := time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, says []byte) {
		var r Report
		err := r.read(says, at)
		if err != nil {
			if !showable(err.Error(), 2000) {
				t.Errorf("the error is %q", err)
			}
			return
		}
		if !slices.Contains([]string{"running", "done", "failed"}, r.Bootstrap) || (r.Failure != nil) != (r.Bootstrap == "failed") {
			t.Errorf("it is taken for %+v", r)
		}
		if f := r.Failure; f != nil && (!showable(f.Cause, 4*maxCause) || f.Cause == "" || f.NextStep == "" ||
			!slices.Contains([]dictumal.Reason{dictumal.ReasonPackageUnknown, dictumal.ReasonDesktopFailed, dictumal.ReasonBootstrapFailed}, f.Reason)) {
			t.Errorf("it fails with %+v", f)
		}
		if len(r.Dialogs) > maxDialogs || slices.ContainsFunc(r.Dialogs, func(title string) bool { return !showable(title, 4*maxTitle) }) {
			t.Errorf("it shows %q", r.Dialogs)
		}
		if r.Clock > maxSkew || r.Clock < -maxSkew {
			t.Errorf("its clock is %v ahead", r.Clock)
		}
	})
}

// Private

// ecdsaLine is of a good key of another kind.
func ecdsaLine(f *testing.F) string {
	f.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	public, err := ssh.NewPublicKey(&key.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	return string(ssh.MarshalAuthorizedKey(public))
}

// wire25519 is the raw key of an ed25519 key as SSH writes it, and nil for all else.
func wire25519(data []byte) []byte {
	kind, rest, err := wireString(data)
	if err != nil || string(kind) != "ssh-ed25519" {
		return nil
	}
	raw, rest, err := wireString(rest)
	if err != nil || len(raw) != ed25519.PublicKeySize || len(rest) > 0 {
		return nil
	}
	return raw
}

func wireString(data []byte) (text, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, errors.New("short")
	}
	n := binary.BigEndian.Uint32(data)
	if uint64(n) > uint64(len(data)-4) {
		return nil, nil, errors.New("short")
	}
	return data[4 : 4+n], data[4+n:], nil
}

// showable tells whether a text can be shown: one line, bounded, nothing that acts.
func showable(text string, most int) bool {
	return len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}

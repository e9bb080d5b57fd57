package crash_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/guacamole"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// secrets are what nobody may be told, by what they are.
type secrets map[string][]byte

// learn takes over what only the database holds, while it does.
func (s secrets) learn(l *life, key string) {
	l.Helper()
	rows, err := store.Open(l.Context(), l.database())
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	row, err := rows.Deployment(l.Context(), l.desk.ID)
	if err != nil {
		l.Fatal(err)
	}
	sealer := secret.NewSealer([]byte(key))
	pem, err := sealer.Open(row.ClientKey, row.ClientKeyContext())
	if err != nil {
		l.Fatal(err)
	}
	s.addKey(l, "the key to the machine", pem)
	s["the sealed key to the machine"] = []byte(row.ClientKey)
	for _, droplet := range l.ocean.Droplets() {
		s["the user-data"] = []byte(droplet.UserData)
		var told userData
		if err := json.Unmarshal([]byte(strings.TrimPrefix(droplet.UserData, "#cloud-config\n")), &told); err != nil {
			l.Fatal(err)
		}
		s.addKey(l, "the machine's own key", []byte(told.HostKeys.Private))
	}
	if l.stream == dictumal.Guacamole {
		stream, err := sealer.Open(row.StreamSecret, row.StreamSecretContext())
		if err != nil {
			l.Fatal(err)
		}
		s["the secret of the stream"] = stream
		s["the password of VNC"] = []byte(guacamole.VNCPassword(stream))
		s["the key of Guacamole"] = guacamole.JSONKey(stream)
	}
}

// addKey hides a private key, and its lines as they stand in a file.
func (s secrets) addKey(l *life, name string, pem []byte) {
	l.Helper()
	private, err := ssh.ParseRawPrivateKey(pem)
	if err != nil {
		l.Fatal(err)
	}
	pair, ok := private.(*ed25519.PrivateKey)
	if !ok {
		l.Fatalf("%s is a %T", name, private)
	}
	s[name] = pair.Seed()
	lines := strings.Split(strings.TrimSpace(string(pem)), "\n")
	for n, line := range lines[2 : len(lines)-2] { // the first is the same in every file
		s[fmt.Sprintf("%s, line %d", name, n+3)] = []byte(line)
	}
}

// seek looks for the secrets in a text.
func (s secrets) seek(t *testing.T, where, text string) {
	t.Helper()
	if len(text) < 2000 {
		t.Errorf("%s has %d bytes only, which is not all of it:\n%s", where, len(text), text)
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if form := formOf(s[name], text); form != "" {
			t.Errorf("%s tells %s, %s", where, name, form)
		}
	}
}

// formOf tells in which form a text holds a secret; empty where it does not.
func formOf(hidden []byte, text string) string {
	forms := map[string]string{
		"plain": string(hidden), "in hexadecimal": hex.EncodeToString(hidden), "in HEXADECIMAL": fmt.Sprintf("%X", hidden),
		"quoted": strings.Trim(fmt.Sprintf("%q", hidden), `"`), "in a query": url.QueryEscape(string(hidden)), "in a path": url.PathEscape(string(hidden)),
		"as numbers": strings.Trim(fmt.Sprintf("%d", hidden), "[]"), "as more numbers": strings.ReplaceAll(strings.Trim(fmt.Sprintf("%d", hidden), "[]"), " ", ","),
	}
	if quoted, err := json.Marshal(string(hidden)); err == nil {
		forms["as JSON"] = strings.Trim(string(quoted), `"`)
	}
	for shift := range 3 { // wherever it stands in what was encoded, this part of it looks the same
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of URLs": base64.RawURLEncoding} {
			whole := hidden[shift:]
			forms[fmt.Sprintf("in %s from byte %d", name, shift)] = encoding.EncodeToString(whole[:len(whole)/3*3])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(forms)) {
		if strings.Contains(text, forms[name]) {
			return name
		}
	}
	return ""
}

package authority_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/authority"
)

var made = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func TestAnAuthorityIsTheSameAtEveryStart(t *testing.T) {
	key := newKey(t)
	first, again := load(t, key, "{id}.stream.example.org"), load(t, key, "{id}.stream.example.org")
	if !bytes.Equal(first.Certificate(), again.Certificate()) {
		t.Errorf("it is\n%s and then\n%s", first.Certificate(), again.Certificate())
	}
	other := load(t, key, "desk.example.org")
	if bytes.Equal(first.Certificate(), other.Certificate()) || parse(t, first.Certificate()).SerialNumber.Cmp(parse(t, other.Certificate()).SerialNumber) == 0 {
		t.Error("with another gateway host it has the same serial")
	}
	if bytes.Equal(first.Certificate(), load(t, newKey(t), "{id}.stream.example.org").Certificate()) {
		t.Error("another key gives the same certificate")
	}
}

func TestAnAuthorityMaySpeakForFewNames(t *testing.T) {
	for _, test := range []struct {
		name  string
		hosts []string
		want  string
	}{
		{"machines alone without a gateway host", []string{""}, "dictumal.invalid"},
		{"a gateway host", []string{"Stream.example.org."}, "dictumal.invalid stream.example.org"},
		{"what is behind the port of a gateway host", []string{"stream.example.org:8443"}, "dictumal.invalid stream.example.org"},
		{"hosts that hold an id", []string{"{id}.stream.example.org"}, "dictumal.invalid stream.example.org"},
		{"hosts that hold an id within a label", []string{"desk-{id}.example.org:8443"}, "dictumal.invalid example.org"},
		{"no address", []string{"203.0.113.9", "[2001:db8::9]:8443"}, "dictumal.invalid"},
		{"each host once", []string{"a.example.org", "a.example.org"}, "a.example.org dictumal.invalid"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := parse(t, load(t, newKey(t), test.hosts...).Certificate())
			if got := strings.Join(root.PermittedDNSDomains, " "); got != test.want || !root.PermittedDNSDomainsCritical {
				t.Errorf("it may speak for %q (critical: %v)", got, root.PermittedDNSDomainsCritical)
			}
			if !root.IsCA || root.MaxPathLen != 0 || !root.MaxPathLenZero || root.KeyUsage != x509.KeyUsageCertSign {
				t.Errorf("it is %+v", root)
			}
			if !root.NotBefore.Equal(made.Add(-time.Hour)) || !root.NotAfter.Equal(made.AddDate(10, 0, 0)) {
				t.Errorf("it is good from %v to %v", root.NotBefore, root.NotAfter)
			}
		})
	}
}

func TestWhatIsNoAuthorityIsRefused(t *testing.T) {
	for _, test := range []struct {
		name    string
		key     []byte
		host    string
		wantErr string
	}{
		{"no key", nil, "", "not PEM"},
		{"a damaged key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")}), "", "authority's key"},
		{"a key of another kind", pkcs8(t, rsaKey(t, 2048)), "", "not an ECDSA key on P-256"},
		{"a key on another curve", pkcs8(t, ecdsaKey(t, elliptic.P384())), "", "not an ECDSA key on P-256"},
		{"a host that is all id", newKey(t), "{id}", `"{id}" has no domain`},
		{"a host without a domain", newKey(t), "{id}.", `"{id}." has no domain`},
		{"a host that no certificate can hold", newKey(t), "café.example.org", "authority's certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := authority.Load(test.key, made, []string{test.host}); err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func newKey(t *testing.T) []byte {
	t.Helper()
	key, err := authority.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func load(t *testing.T, key []byte, hosts ...string) *authority.Authority {
	t.Helper()
	loaded, err := authority.Load(key, made, hosts)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func parse(t *testing.T, text []byte) *x509.Certificate {
	t.Helper()
	block, rest := pem.Decode(text)
	if block == nil || len(rest) > 0 {
		t.Fatalf("%q is not one certificate", text)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func ecdsaKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// made is a certificate that vouches for itself, and its key, both PEM.
type made struct{ certificate, key []byte }

func newMade(t *testing.T, serial int64, from, until time.Time, hosts ...string) made {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, NotBefore: from, NotAfter: until,
		DNSNames: hosts, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return made{block("CERTIFICATE", der), block("PRIVATE KEY", encoded)}
}

// usual holds for a year around now.
func usual(t *testing.T, serial int64) made {
	t.Helper()
	return newMade(t, serial, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0), "desktops.example.org")
}

func (m made) leaf(t *testing.T) *x509.Certificate {
	t.Helper()
	der, _ := pem.Decode(m.certificate)
	leaf, err := x509.ParseCertificate(der.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// files puts contents into a folder.
func files(t *testing.T, certificate, key []byte) Files {
	t.Helper()
	folder := t.TempDir()
	f := Files{filepath.Join(folder, "fullchain.pem"), filepath.Join(folder, "privkey.pem")}
	write(t, f.Certificate, certificate)
	write(t, f.Key, key)
	return f
}

// write replaces a file; each is of another moment than the one before.
func write(t *testing.T, path string, content []byte) {
	t.Helper()
	changed := time.Now()
	if info, err := os.Stat(path); err == nil {
		changed = info.ModTime().Add(time.Second)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, changed, changed); err != nil {
		t.Fatal(err)
	}
}

func block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

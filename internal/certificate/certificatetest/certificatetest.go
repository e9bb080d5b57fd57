// Package certificatetest makes certificates for tests.
package certificatetest

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

// Made is a certificate that vouches for itself, and its key, both PEM.
type Made struct{ Certificate, Key []byte }

// Usual holds for a year around now.
func Usual(t *testing.T, serial int64, hosts ...string) Made {
	t.Helper()
	return Make(t, serial, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0), hosts...)
}

// Make makes a certificate with a number.
func Make(t *testing.T, serial int64, from, until time.Time, hosts ...string) Made {
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
	return Made{Block("CERTIFICATE", der), Block("PRIVATE KEY", encoded)}
}

// Block is something in PEM.
func Block(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// Leaf is the certificate, read.
func (m Made) Leaf(t *testing.T) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(m.Certificate)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// Pool is what a client trusts who trusts this certificate alone.
func (m Made) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(m.Certificate)
	return pool
}

// Files puts both into a folder of the test's.
func (m Made) Files(t *testing.T) (certificate, key string) {
	t.Helper()
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "fullchain.pem"), filepath.Join(folder, "privkey.pem")
	Write(t, certificate, m.Certificate)
	Write(t, key, m.Key)
	return certificate, key
}

// Write replaces a file; each content is of another moment than the one before.
func Write(t *testing.T, path string, content []byte) {
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

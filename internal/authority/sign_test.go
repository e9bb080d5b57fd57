package authority_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/authority"
)

var (
	now   = made.AddDate(0, 2, 0)
	names = authority.Names{
		Machine: authority.MachineHost("dictumal-7k-01J9ABC"), IP: "203.0.113.7", Gateway: "01j9abc.stream.example.org",
	}
)

func TestAMachineIsCertifiedForItsNames(t *testing.T) {
	a := load(t, newKey(t), "{id}.stream.example.org")
	certificate, until := sign(t, a, request(t, &x509.CertificateRequest{}, ecdsaKey(t, elliptic.P256())), names)
	for _, host := range []string{"dictumal-7k-01j9abc.dictumal.invalid", "203.0.113.7", "01j9abc.stream.example.org"} {
		if err := verify(a, certificate, host, now); err != nil {
			t.Error(err)
		}
	}
	for _, host := range []string{"dictumal-7k-other.dictumal.invalid", "203.0.113.8", "other.stream.example.org", "dictumal.invalid"} {
		if verify(a, certificate, host, now) == nil {
			t.Errorf("it is good for %s", host)
		}
	}
	if !until.Equal(now.Add(authority.Life-time.Hour)) || !until.Equal(certificate.NotAfter) || !certificate.NotBefore.Equal(now.Add(-time.Hour)) {
		t.Errorf("it is good from %v to %v, which was given as %v", certificate.NotBefore, certificate.NotAfter, until)
	}
	if certificate.IsCA || certificate.KeyUsage != x509.KeyUsageDigitalSignature || len(certificate.ExtKeyUsage) != 1 {
		t.Errorf("it is good for too much: %+v", certificate)
	}
	if err := verify(load(t, newKey(t)), certificate, "203.0.113.7", now); err == nil {
		t.Error("another authority vouches for it")
	}
}

func TestEveryKindOfGoodKeyIsCertified(t *testing.T) {
	a := load(t, newKey(t))
	serials := map[string]bool{}
	for _, key := range []crypto.Signer{ecdsaKey(t, elliptic.P256()), ecdsaKey(t, elliptic.P384()), rsaKey(t, 2048)} {
		certificate, _ := sign(t, a, request(t, &x509.CertificateRequest{}, key), authority.Names{Machine: "m.dictumal.invalid"})
		if err := verify(a, certificate, "m.dictumal.invalid", now); err != nil {
			t.Error(err)
		}
		serials[certificate.SerialNumber.String()] = true
	}
	if len(serials) != 3 {
		t.Errorf("the serials are %v", serials)
	}
}

func TestNothingButTheKeyIsTakenFromARequest(t *testing.T) {
	a := load(t, newKey(t))
	greedy := &x509.CertificateRequest{
		Subject:        pkix.Name{CommonName: "bank.example.com"},
		DNSNames:       []string{"bank.example.com"},
		IPAddresses:    []net.IP{net.IPv4(192, 0, 2, 1)},
		EmailAddresses: []string{"root@example.com"},
		URIs:           []*url.URL{{Scheme: "https", Host: "example.com"}},
		ExtraExtensions: []pkix.Extension{
			{Id: []int{2, 5, 29, 19}, Critical: true, Value: []byte{0x30, 3, 1, 1, 0xff}}, // CA:TRUE
		},
	}
	certificate, _ := sign(t, a, request(t, greedy, ecdsaKey(t, elliptic.P256())), authority.Names{Machine: "m.dictumal.invalid", IP: "203.0.113.7"})
	if certificate.IsCA || certificate.Subject.CommonName != "Dictumal machine" || strings.Join(certificate.DNSNames, " ") != "m.dictumal.invalid" ||
		len(certificate.IPAddresses) != 1 || len(certificate.EmailAddresses)+len(certificate.URIs) > 0 {
		t.Errorf("it got %+v", certificate)
	}
}

func TestAHostileRequestIsRefused(t *testing.T) {
	good := request(t, &x509.CertificateRequest{}, ecdsaKey(t, elliptic.P256()))
	block, _ := pem.Decode(good)
	forged := append([]byte{}, block.Bytes...)
	forged[len(forged)-1] ^= 1
	long, err := os.ReadFile("testdata/rsa-5120.pem") // making one takes seconds
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name    string
		request []byte
		wantErr string
	}{
		{"that is empty", nil, "not one request"},
		{"that is no PEM", []byte("-----BEGIN CERTIFICATE REQUEST-----\n"), "not one request"},
		{"that is endless", append(good, make([]byte, 16<<10)...), "are the most"},
		{"that is something else", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: block.Bytes}), "not one request"},
		{"that is two", append(append([]byte{}, good...), good...), "not one request"},
		{"whose key its sender may not have", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: forged}), "verification failure"},
		{"that is cut", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: block.Bytes[:40]}), "asn1"},
		{"with a weak key", request(t, &x509.CertificateRequest{}, ecdsaKey(t, elliptic.P224())), "its key is neither"},
		{"with a short key", openssl(t, "req", "-new", "-newkey", "rsa:1024", "-nodes", "-keyout", os.DevNull, "-subj", "/CN=x"), "its key is neither"},
		{"with a key that costs time", long, "its key is neither"},
		{"with a key for other things", openssl(t, "req", "-new", "-newkey", "ed25519", "-nodes", "-keyout", os.DevNull, "-subj", "/CN=x"), "its key is neither"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := load(t, newKey(t)).Sign(test.request, authority.Names{Machine: "m.dictumal.invalid"}, now)
			if err == nil || !strings.Contains(err.Error(), test.wantErr) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestAnAuthoritySignsOnlyWhatVerifies(t *testing.T) {
	key := newKey(t)
	for _, test := range []struct {
		name  string
		names authority.Names
		now   time.Time
	}{
		{"for another's host", authority.Names{Machine: "m.dictumal.invalid", Gateway: "stream.example.com"}, now},
		{"for a host that only ends alike", authority.Names{Machine: "m.notdictumal.invalid"}, now},
		{"before its own time", authority.Names{Machine: "m.dictumal.invalid"}, made.Add(-2 * time.Hour)},
		{"after its own time", authority.Names{Machine: "m.dictumal.invalid"}, made.AddDate(10, 0, 1)},
	} {
		t.Run("and not "+test.name, func(t *testing.T) {
			_, _, err := load(t, key, "stream.example.org").Sign(request(t, &x509.CertificateRequest{}, ecdsaKey(t, elliptic.P256())), test.names, test.now)
			if err == nil || !strings.Contains(err.Error(), "sign a certificate for "+test.names.Machine) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestACertificateEndsWithItsAuthority(t *testing.T) {
	late := made.AddDate(10, 0, -10)
	_, until, err := load(t, newKey(t)).Sign(request(t, &x509.CertificateRequest{}, ecdsaKey(t, elliptic.P256())), authority.Names{Machine: "m.dictumal.invalid"}, late)
	if err != nil || !until.Equal(made.AddDate(10, 0, 0)) {
		t.Errorf("it is good until %v (%v)", until, err)
	}
}

func TestNamesAreTheSameHoweverTheyAreWritten(t *testing.T) {
	for _, test := range []struct {
		names authority.Names
		want  string
	}{
		{names, "dictumal-7k-01j9abc.dictumal.invalid, 203.0.113.7, 01j9abc.stream.example.org"},
		{authority.Names{Machine: "M.dictumal.invalid.", IP: "::ffff:203.0.113.7", Gateway: "Stream.Example.org"}, "m.dictumal.invalid, 203.0.113.7, stream.example.org"},
		{authority.Names{Machine: "m.dictumal.invalid", IP: "2001:DB8:0::7"}, "m.dictumal.invalid, 2001:db8::7"},
		{authority.Names{Machine: "m.dictumal.invalid", Gateway: "203.0.113.9"}, "m.dictumal.invalid, 203.0.113.9"},
	} {
		if got := test.names.String(); got != test.want {
			t.Errorf("%+v is %q, not %q", test.names, got, test.want)
		}
	}
}

func TestOpenSSLAgrees(t *testing.T) {
	key := newKey(t)
	a, err := authority.Load(key, time.Now(), []string{"{id}.stream.example.org"})
	if err != nil {
		t.Fatal(err)
	}
	ask := openssl(t, "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", os.DevNull, "-subj", "/")
	certificate, _, err := a.Sign(ask, names, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	root, leaf, stolen := file(t, a.Certificate()), file(t, certificate), file(t, signAsThief(t, a, key, "bank.example.com"))
	for _, test := range []struct {
		name   string
		args   []string
		wantOK bool
	}{
		{"that it is the machine's", []string{"-verify_hostname", "dictumal-7k-01j9abc.dictumal.invalid", leaf}, true},
		{"that it is the gateway host's", []string{"-verify_hostname", "01j9abc.stream.example.org", leaf}, true},
		{"that it is the address's", []string{"-verify_ip", "203.0.113.7", leaf}, true},
		{"that it is no other machine's", []string{"-verify_hostname", "other.dictumal.invalid", leaf}, false},
		{"that a thief of the key cannot speak for others", []string{"-verify_hostname", "bank.example.com", stolen}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"verify", "-x509_strict", "-purpose", "sslserver", "-no-CApath", "-CAfile", root}, test.args...)
			said, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput()
			if (err == nil) != test.wantOK {
				t.Errorf("openssl says %s (%v)", said, err)
			}
		})
	}
	if err := verify(a, parse(t, signAsThief(t, a, key, "bank.example.com")), "bank.example.com", time.Now()); err == nil {
		t.Error("a thief of the key can speak for others")
	}
}

// signAsThief signs for any host, with a key that was taken and without the
// program's care.
func signAsThief(t *testing.T, a *authority.Authority, keyPEM []byte, host string) []byte {
	t.Helper()
	block, _ := pem.Decode(keyPEM)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "thief"}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parse(t, a.Certificate()), ecdsaKey(t, elliptic.P256()).Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func file(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func sign(t *testing.T, a *authority.Authority, request []byte, names authority.Names) (*x509.Certificate, time.Time) {
	t.Helper()
	text, until, err := a.Sign(request, names, now)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, text), until
}

func verify(a *authority.Authority, certificate *x509.Certificate, host string, at time.Time) error {
	_, err := certificate.Verify(x509.VerifyOptions{Roots: a.Pool(), DNSName: host, CurrentTime: at})
	return err
}

func request(t *testing.T, template *x509.CertificateRequest, key crypto.Signer) []byte {
	t.Helper()
	der, err := x509.CreateCertificateRequest(rand.Reader, template, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
}

func openssl(t *testing.T, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("No openssl was found on this host; install Debian's package openssl to run this test.")
	}
	var said strings.Builder
	command := exec.CommandContext(t.Context(), "openssl", args...)
	command.Stderr = &said
	output, err := command.Output()
	if err != nil {
		t.Fatalf("run openssl %s: %v: %s", args[0], err, said.String())
	}
	return output
}

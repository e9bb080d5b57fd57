package image_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

// authority signs the certificate of a machine, as the control plane does.
type authority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	leaf *x509.Certificate // its own

	issued, served int64 // serial numbers: the last that was signed, the last that was met
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "A test's authority"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{t: t, key: key, leaf: leaf}
}

// certify takes the machine's request and brings the certificate.
func (a *authority) certify(m *machine) {
	a.t.Helper()
	block, _ := pem.Decode([]byte(m.output(dictumal.CertificateCommand, "request")))
	if block == nil {
		a.t.Fatal("the machine gives no request")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || request.CheckSignature() != nil {
		a.t.Fatalf("the machine's request is not its own: %v", err)
	}
	a.issued++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(a.issued), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.ParseIP(m.address())},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.leaf, request.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if got := m.output(sh("echo '" + string(text) + "' | " + dictumal.CertificateCommand + " install; echo $?")...); got != "0\n" {
		a.t.Fatalf("the certificate was not taken: %s", got)
	}
	m.until(30*time.Second, "the certificate that was brought", func() bool {
		a.get(m, "https", "/")
		return a.served == a.issued
	})
}

// get asks the machine and trusts no certificate but the authority's own.
func (a *authority) get(m *machine, scheme, path string) (int, string) {
	return a.ask(http.MethodGet, scheme+"://"+m.address()+path, "")
}

// login brings the token to Guacamole, through everything that stands before it.
func (a *authority) login(m *machine) int {
	status, _ := a.ask(http.MethodPost, "https://"+m.address()+"/guacamole/api/tokens", url.Values{"data": {token}}.Encode())
	return status
}

func (a *authority) ask(method, target, form string) (int, string) {
	roots := x509.NewCertPool()
	roots.AddCert(a.leaf)
	client := http.Client{
		Timeout:       5 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(a.t.Context(), method, target, strings.NewReader(form))
	if err != nil {
		return 0, err.Error()
	}
	if form != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	if response.TLS != nil {
		a.served = response.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(text)
}

package authority

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

const (
	// Life is how long the certificate of a machine is good.
	Life = 90 * 24 * time.Hour
	// RenewAfter is the age at which it is to be replaced.
	RenewAfter = 60 * 24 * time.Hour
)

// Sign certifies the key of a machine's request for the names, and tells until
// when. Nothing but the key is taken from the request. The error says what is
// wrong with the request, or that the authority may not vouch for the names.
func (a *Authority) Sign(requestPEM []byte, names Names, now time.Time) (certificatePEM []byte, until time.Time, err error) {
	public, err := readRequest(requestPEM)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read the certificate request: %w", err)
	}
	leaf, err := a.leaf(public, names, now)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("sign a certificate for %s: %w", names, err)
	}
	return encode(leaf.Raw), leaf.NotAfter, nil
}

// Private

// leaf makes a certificate that a browser will take, or none.
func (a *Authority) leaf(public crypto.PublicKey, names Names, now time.Time) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, a.template(names, now), a.certificate, public, a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: a.Pool(), CurrentTime: now})
	return leaf, err
}

func (a *Authority) template(names Names, now time.Time) *x509.Certificate {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // it never fails
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial),
		Subject:      pkix.Name{CommonName: "Dictumal machine"},
		NotBefore:    now.Add(-slack),
		NotAfter:     now.Add(Life - slack),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		BasicConstraintsValid: true,
	}
	if template.NotAfter.After(a.certificate.NotAfter) {
		template.NotAfter = a.certificate.NotAfter
	}
	template.DNSNames, template.IPAddresses = names.split()
	return template
}

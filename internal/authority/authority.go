// Package authority is the installation's own certificate authority. It vouches
// for the HTTPS of machines that no public authority can know, since they have
// no name in the world's DNS and live for hours.
//
// People add its certificate to their browsers, so it is made to be worth little
// to a thief: the certificate itself says that it speaks for our own names only.
package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// Authority signs the certificates of machines.
type Authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

// NewKey makes the key of an authority, ECDSA on P-256 in PKCS #8.
func NewKey() (keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write the authority's key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Load makes the authority that has the key since the given time. It vouches for
// machines, and for gateway hosts with all that is below them; a host may hold
// "{id}" and a port, an empty one is left out. The same input gives the same
// certificate, which therefore needs to be kept nowhere.
func Load(keyPEM []byte, made time.Time, gatewayHosts []string) (*Authority, error) {
	key, err := readKey(keyPEM)
	if err != nil {
		return nil, fmt.Errorf("read the authority's key: %w", err)
	}
	domains, err := domainsOf(gatewayHosts)
	if err != nil {
		return nil, fmt.Errorf("read the gateway hosts: %w", err)
	}
	certificate, err := selfSign(key, made, domains)
	if err != nil {
		return nil, fmt.Errorf("make the authority's certificate: %w", err)
	}
	return &Authority{key: key, certificate: certificate}, nil
}

// Certificate is what browsers need to trust the machines, in PEM.
func (a *Authority) Certificate() []byte { return encode(a.certificate.Raw) }

// Pool is what a client needs to trust the machines, and nobody else.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// Private

func readKey(keyPEM []byte) (*ecdsa.PrivateKey, error) {
	block, _ := pem.Decode(keyPEM)
	if block == nil {
		return nil, errors.New("it is not PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || key.Curve != elliptic.P256() {
		return nil, errors.New("it is not an ECDSA key on P-256")
	}
	return key, nil
}

func encode(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

package authority

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

const (
	maxRequest = 16 << 10
	minRSA     = 2048 // bits
	maxRSA     = 4096 // bits; more would cost us and every browser time
)

// Private

// readRequest gives the key of a request by someone who has it. Who that is was
// found out elsewhere.
func readRequest(text []byte) (crypto.PublicKey, error) {
	if len(text) > maxRequest {
		return nil, fmt.Errorf("it has %d bytes, and %d are the most", len(text), maxRequest)
	}
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE REQUEST" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("it is not one request in PEM")
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, err
	}
	if err := checkKey(request.PublicKey); err != nil {
		return nil, err // before any reckoning with it
	}
	if err := request.CheckSignature(); err != nil {
		return nil, err
	}
	return request.PublicKey, nil
}

func checkKey(public crypto.PublicKey) error {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() || key.Curve == elliptic.P384() {
			return nil
		}
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); minRSA <= bits && bits <= maxRSA {
			return nil
		}
	}
	return errors.New("its key is neither ECDSA on P-256 or P-384 nor RSA of 2048 to 4096 bits")
}

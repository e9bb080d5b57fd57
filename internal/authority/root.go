package authority

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

const (
	rootYears = 10
	// slack is by how much other clocks may be behind ours.
	slack = time.Hour
)

// Private

// selfSign makes the authority's own certificate, the same each time.
func selfSign(key *ecdsa.PrivateKey, made time.Time, domains []string) (*x509.Certificate, error) {
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	keyID := sha256.Sum256(public)
	made = made.UTC().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber: rootSerial(public, made, domains),
		// Installations that know nothing of each other may meet in one browser.
		Subject:               pkix.Name{CommonName: fmt.Sprintf("Dictumal %x", keyID[:4])},
		NotBefore:             made.Add(-slack),
		NotAfter:              made.AddDate(rootYears, 0, 0),
		SubjectKeyId:          keyID[:20],
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         domains,
	}
	// Without a source of chance the signature, too, depends on what is signed only.
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// rootSerial is another for each certificate: browsers refuse two of one issuer
// that share a serial, and a change of the gateway hosts makes another.
func rootSerial(public []byte, made time.Time, domains []string) *big.Int {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %d %q", public, made.Unix(), domains))
	return new(big.Int).SetBytes(sum[:16])
}

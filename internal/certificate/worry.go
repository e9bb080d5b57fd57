package certificate

import (
	"crypto/x509"
	"fmt"
	"time"
)

// soon is how long before its end a certificate should have been renewed; one that
// is made for days should be in its last quarter.
const soon = 14 * 24 * time.Hour

// Worry is what browsers hold against a certificate, or soon will; empty: nothing.
func Worry(leaf *x509.Certificate, host string, now time.Time) string {
	left := leaf.NotAfter.Sub(now)
	switch {
	case left <= 0:
		return fmt.Sprintf("The certificate has expired on %s, and browsers refuse it; renew it and put the new one into the same files.", day(leaf.NotAfter))
	case now.Before(leaf.NotBefore):
		return fmt.Sprintf("The certificate begins to hold on %s, and browsers refuse it until then; check this host's clock.", day(leaf.NotBefore))
	case leaf.VerifyHostname(host) != nil:
		return fmt.Sprintf("The certificate is for %s and not for %s, the host of AUTH_URL, and browsers refuse it; get one for that name.", names(leaf), host)
	case left < min(soon, leaf.NotAfter.Sub(leaf.NotBefore)/4):
		return fmt.Sprintf("The certificate expires on %s; renew it and put the new one into the same files, which needs no restart.", day(leaf.NotAfter))
	}
	return ""
}

// Private

func day(at time.Time) string { return at.UTC().Format("2 January 2006 15:04 MST") }

// names are the first names of a certificate.
func names(leaf *x509.Certificate) string {
	all := leaf.DNSNames
	for _, ip := range leaf.IPAddresses {
		all = append(all, ip.String())
	}
	switch len(all) {
	case 0:
		return "no host"
	case 1:
		return all[0]
	}
	return fmt.Sprintf("%s and %d more", all[0], len(all)-1)
}

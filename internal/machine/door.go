package machine

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"

	"github.com/dictumal/dictumal"
)

// Door is where people enter a machine of the guacamole stream.
type Door struct {
	Name  string         // in its certificate, "<machine>.dictumal.invalid"
	Roots *x509.CertPool // who may vouch for it; nil is nobody
	Ports Ports
}

// Ports are where the services of a machine listen. One that is zero is where the
// bootstrap puts it: 80 and 443 to the world, 5901 and 8080 on loopback.
type Ports struct{ HTTP, HTTPS, VNC, Guacamole uint16 }

// Private

func (p Ports) orUsual() Ports {
	return Ports{
		HTTP:      cmp.Or(p.HTTP, 80),
		HTTPS:     cmp.Or(p.HTTPS, 443),
		VNC:       cmp.Or(p.VNC, dictumal.VNCPort),
		Guacamole: cmp.Or(p.Guacamole, dictumal.GuacamolePort),
	}
}

// answers tells whether anything speaks HTTP at the address.
func (d Door) answers(ctx context.Context, address netip.Addr) bool {
	at := netip.AddrPortFrom(address, d.Ports.orUsual().HTTP).String()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", at)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_, err = page(ctx, conn, "http://"+at+"/")
	return err == nil
}

// opens tells whether Guacamole is there for a browser that trusts the roots.
func (d Door) opens(ctx context.Context, address netip.Addr) bool {
	config := &tls.Config{ServerName: d.Name, RootCAs: d.roots(), MinVersion: tls.VersionTLS12}
	at := netip.AddrPortFrom(address, d.Ports.orUsual().HTTPS).String()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", at)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	status, err := page(ctx, conn, "https://"+d.Name+guacamolePath)
	return err == nil && status == http.StatusOK
}

// roots is never nil, which TLS takes for the authorities of all the world.
func (d Door) roots() *x509.CertPool { return cmp.Or(d.Roots, x509.NewCertPool()) }

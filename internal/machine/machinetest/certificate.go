package machinetest

import (
	"crypto/tls"

	"github.com/dictumal/dictumal"
)

// certificate stands in for a machine's own program: it makes a key and a request,
// and takes a certificate that belongs to the key.
const certificate = `#!/bin/sh
set -e
cd /run/dictumal
case $1 in
request)
	[ -e key.pem ] || openssl ecparam -name prime256v1 -genkey -noout -out key.pem
	openssl req -new -key key.pem -subj /
	;;
install)
	cat >new.pem
	openssl x509 -in new.pem -noout -pubkey >new.pub
	openssl pkey -in key.pem -pubout | cmp -s - new.pub || {
		echo 'The certificate belongs to another key.' >&2
		exit 3
	}
	mv new.pem certificate.pem
	;;
esac
`

// Certificate makes the machine's certificate command work.
func (h *Host) Certificate() {
	h.t.Helper()
	h.Write(dictumal.CertificateCommand, certificate, 0o700)
}

// Certified is what the machine could open HTTPS with once its certificate is
// installed.
func (h *Host) Certified() tls.Certificate {
	h.t.Helper()
	pair, err := tls.LoadX509KeyPair(h.Path("/run/dictumal/certificate.pem"), h.Path("/run/dictumal/key.pem"))
	if err != nil {
		h.t.Fatalf("read the machine's certificate: %v", err)
	}
	return pair
}

package hostile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"time"

	"github.com/dictumal/dictumal/internal/hostile"
)

// doors are web servers that misbehave under TLS, before anything is asked for.
func doors() []script {
	opens := func(name string, answer func(net.Conn)) script {
		return script{name: name, machine: hostile.Machine{TLS: answer}, visit: asks("guacamole"), want: "seen: ssh vnc desktop http80 guac-http done"}
	}
	return []script{
		opens("TLS that is never begun", func(c net.Conn) { listens(c) }),
		opens("TLS that drips", func(c net.Conn) { slowly(c, "\x16\x03\x03") }),
		opens("TLS of records without end", func(c net.Conn) { endlessly(c, "\x16\x03\x03\x00\x04\x02\xff\xff\xff") }),
		opens("TLS of warnings without end", func(c net.Conn) { endlessly(c, "\x15\x03\x03\x00\x02\x01\x5a") }),
		opens("a certificate by nobody, for others", func(c net.Conn) {
			if pair, err := selfSigned(); err == nil {
				_ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}).Handshake() //nolint:noctx // it ends with the connection
			}
		}),
	}
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"machine.dictumal.invalid"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

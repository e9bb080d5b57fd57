package hostile_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal/internal/hostile"
	"github.com/dictumal/dictumal/internal/machine"
)

// strangers are machines that are not the pinned one, or speak no SSH.
func strangers() []script {
	says := func(say func(net.Conn)) hostile.Machine { return hostile.Machine{Conn: say} }
	return []script{
		{
			name: "the host key changes under a probe", change: anotherKey, visit: asks("probe"),
			want: "handshake failed: the machine's host key is not the pinned one",
		},
		{
			name: "the host key changes under a viewer", change: anotherKey, visit: watches,
			want: "4004 Another machine answers at this desktop's address. Nothing was sent to it.",
		},
		{
			name: "the host key is of another kind", machine: says(otherKind), visit: asks("probe"),
			want: "not the pinned one: it is of another kind",
		},
		{name: "no banner", machine: says(func(c net.Conn) { listens(c) }), visit: watches, want: unreachable},
		{
			name: "an endless banner", machine: says(func(c net.Conn) { endlessly(c, "no greeting\n") }), visit: asks("probe"),
			want: "cause: connect to the machine: ssh: handshake failed: ssh: overflow reading version string|short buffer",
		},
		{
			name: "a banner without an end of line", machine: says(func(c net.Conn) { endlessly(c, "x") }), visit: asks("probe"),
			want: "overflow reading version string",
		},
		{name: "a slow banner", machine: says(func(c net.Conn) { slowly(c, "SSH-2.0-") }), visit: watches, want: unreachable},
		{
			name: "the connection ends at once", machine: says(func(net.Conn) {}), visit: asks("probe"),
			want: "cause: connect to the machine: ssh: handshake failed: EOF|connection reset",
		},
		{
			name: "HTTP in the place of SSH", machine: says(func(c net.Conn) { _, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }),
			visit: asks("probe"), want: "handshake failed: EOF|connection reset",
		},
	}
}

func anotherKey(t *testing.T, at *hostile.Address) {
	t.Helper()
	pair, err := machine.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	at.Target.HostKey = pair.AuthorizedLine
}

func otherKind(conn net.Conn) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return
	}
	config := &ssh.ServerConfig{NoClientAuth: true}
	config.AddHostKey(signer)
	if _, _, _, err := ssh.NewServerConn(conn, config); err == nil {
		listens(conn)
	}
}

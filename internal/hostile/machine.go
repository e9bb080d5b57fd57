// Package hostile plays machines whose owner has replaced what runs on them: their
// SSH, VNC and web servers do what a script says. It is for tests alone, which set
// them on the control plane.
package hostile

import (
	"context"
	"io"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal/internal/machine"
)

// Machine is one to be attacked by. What it is not told to do otherwise it does as
// an honest machine would.
type Machine struct {
	Conn  func(net.Conn)                          // takes the place of SSH altogether
	Keyed func(*Wire)                             // takes the place of what comes after SSH's keys
	Wire  func(*Wire)                             // takes the place of what comes after SSH's sign-in
	Run   func(command string, s ssh.Channel)     // a command, as far as its exit status
	VNC   func(io.ReadWriteCloser)                // behind the VNC socket
	Port  func(port uint32, c io.ReadWriteCloser) // on loopback
	HTTP  func(net.Conn)                          // the door to the world
	TLS   func(net.Conn)                          // and the one that should be locked

	hostKey ssh.Signer
}

// Address is where a machine is, and how it is known.
type Address struct {
	Target machine.Target
	Ports  machine.Ports
}

// Start starts the machine, until the test ends.
func (m *Machine) Start(t *testing.T) Address {
	t.Helper()
	client, host := newPair(t), newPair(t)
	key, err := ssh.ParsePrivateKey(host.PrivatePEM)
	if err != nil {
		t.Fatal(err)
	}
	m.hostKey = key
	address := listen(t, m.answer).String()
	at := Address{Target: machine.Target{
		Deployment: address, Address: address, ClientKey: client.PrivatePEM, HostKey: host.AuthorizedLine,
	}}
	at.Ports = machine.Ports{HTTP: listen(t, m.http).Port(), HTTPS: listen(t, m.https).Port()}
	return at
}

// Private

func (m *Machine) answer(conn net.Conn) {
	switch {
	case m.Conn != nil:
		m.Conn(conn)
	case m.Keyed != nil:
		wire := NewWire(conn, m.hostKey)
		if wire.Greet() == nil && wire.Kex() == nil {
			m.Keyed(wire)
		}
	case m.Wire != nil:
		wire := NewWire(conn, m.hostKey)
		if wire.SignIn() == nil {
			m.Wire(wire)
		}
	default:
		m.serve(conn)
	}
}

func (m *Machine) http(conn net.Conn) {
	if m.HTTP != nil {
		m.HTTP(conn)
		return
	}
	greetHTTP(conn)
}

func (m *Machine) https(conn net.Conn) {
	if m.TLS != nil {
		m.TLS(conn)
	}
}

func newPair(t *testing.T) machine.KeyPair {
	t.Helper()
	pair, err := machine.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return pair
}

// listen hands out connections, and closes what is left of them at the end.
func listen(t *testing.T, answer func(net.Conn)) netip.AddrPort {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(context.WithoutCancel(t.Context()), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conns := newHeap()
	t.Cleanup(func() {
		_ = listener.Close()
		conns.close()
	})
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			conns.add(conn)
			go func() {
				defer func() { _ = conn.Close() }()
				answer(conn)
			}()
		}
	}()
	return netip.MustParseAddrPort(listener.Addr().String())
}

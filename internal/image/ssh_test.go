package image_test

import (
	"encoding/json"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
)

// What the control plane may reach on a machine through SSH, by stream, and what
// nobody may.
var (
	nativePlaces    = []string{"unix " + dictumal.VNCSocket}
	guacamolePlaces = []string{"tcp 127.0.0.1:8080", "tcp 127.0.0.1:5901"}
	closedPlaces    = []string{"tcp 127.0.0.1:4822", "tcp 127.0.0.1:22", "tcp 10.77.0.1:53", "unix /run/systemd/private"}
)

// checkSSH enters the machine as the control plane does: with its key, to the host
// key that is known, for the probe and the desktop's places and no others.
func (m *machine) checkSSH(open, closed []string) {
	m.t.Helper()
	client, err := m.enter()
	if err != nil {
		m.t.Fatalf("enter the machine: %v", err)
	}
	defer func() { _ = client.Close() }()
	session, err := client.NewSession()
	if err != nil {
		m.t.Fatalf("begin a session: %v", err)
	}
	text, err := session.Output(dictumal.ProbeCommand)
	if err != nil || json.Unmarshal(text, &probed{}) != nil {
		m.t.Errorf("the probe says %q, %v", text, err)
	}
	for _, place := range append(slices.Clone(open), closed...) {
		network, address, _ := strings.Cut(place, " ")
		conn, err := client.Dial(network, address)
		if want := slices.Contains(open, place); (err == nil) != want {
			m.t.Errorf("forwarding to %s: %v", place, err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}

// closeRoot closes the account of root as clouds do that gave it a password, until
// the next boot.
func (m *machine) closeRoot() {
	m.t.Helper()
	m.status(sh("usermod --password '!' root && chage -d 0 root")...)
	if client, err := m.enter(); err == nil {
		_ = client.Close()
		m.t.Error("a closed account was entered")
	}
}

func (m *machine) enter() (*ssh.Client, error) {
	return ssh.Dial("tcp", net.JoinHostPort(m.address(), "22"), &ssh.ClientConfig{
		User: "root", Auth: []ssh.AuthMethod{ssh.PublicKeys(m.key)},
		HostKeyCallback: ssh.FixedHostKey(m.key.PublicKey()), Timeout: 10 * time.Second,
	})
}

package image_test

import (
	"encoding/json"
	"net"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
)

// checkSSH enters the machine as the control plane does: with its key, to the host
// key that is known, for the probe and the desktop's ports and no others.
func (m *machine) checkSSH() {
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
	for place, want := range map[string]bool{
		"127.0.0.1:8080": true, "127.0.0.1:5901": true,
		"127.0.0.1:4822": false, "127.0.0.1:22": false, "10.77.0.1:53": false,
	} {
		conn, err := client.Dial("tcp", place)
		if (err == nil) != want {
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

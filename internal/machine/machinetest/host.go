// Package machinetest makes a machine out of this host for tests: a real sshd
// with a VNC socket, a boot log and a probe at the places where a machine has
// them. It lives in a mount namespace of its own, so that nothing of it is seen
// on the host.
package machinetest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
)

const patience = 20 * time.Second

// sshd is where distributions have it; it wants to be called by its full path.
const sshd = "/usr/sbin/sshd"

// namespace makes the fixed places, and becomes sshd in them.
const namespace = `set -e
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd /run/dictumal /run/lib/upper /run/lib/work /run/log/upper /run/log/work
mount -t overlay overlay -o lowerdir=/usr/lib,upperdir=/run/lib/upper,workdir=/run/lib/work /usr/lib
mount -t overlay overlay -o lowerdir=/var/log,upperdir=/run/log/upper,workdir=/run/log/work /var/log
mkdir -p /usr/lib/dictumal
exec "$@"`

// Host is a machine to connect to. It ends with the test that started it.
type Host struct {
	Target machine.Target

	t   *testing.T
	pid int
}

// Start starts a machine that answers by SSH. Where that is not possible, the
// test is skipped.
func Start(t *testing.T) *Host {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("This test starts an sshd in a namespace of its own, for which it must run as root.")
	}
	if _, err := os.Stat(sshd); err != nil {
		t.Skip("No sshd was found on this host; install Debian's package openssh-server to run this test.")
	}
	client, host := newKey(t), newKey(t)
	h := &Host{t: t, Target: machine.Target{
		Deployment: t.Name(),
		Address:    FreeAddress(t),
		ClientKey:  client.PrivatePEM,
		HostKey:    host.AuthorizedLine,
	}}
	config := writeConfig(t, h.Target.Address, client, host)
	server := exec.CommandContext(context.WithoutCancel(t.Context()), "unshare", "--mount", "sh", "-c", namespace, "sh", sshd, "-D", "-e", "-f", config)
	h.pid = start(t, server)
	h.await("sshd", func() error {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", h.Target.Address)
		if err != nil {
			return err
		}
		return conn.Close()
	})
	return h
}

// Path is where this host sees a path of the machine.
func (h *Host) Path(path string) string { return fmt.Sprintf("/proc/%d/root%s", h.pid, path) }

// Write writes a file on the machine.
func (h *Host) Write(path, content string, mode os.FileMode) {
	h.t.Helper()
	if err := os.WriteFile(h.Path(path), []byte(content), mode); err != nil {
		h.t.Fatalf("write a file on the machine: %v", err)
	}
}

// Answer makes the machine's probe print a text.
func (h *Host) Answer(text string) {
	h.t.Helper()
	h.Write(dictumal.ProbeCommand, "#!/bin/sh\ncat <<'EOF'\n"+text+"\nEOF\n", 0o700)
}

// Command is a command on the machine.
func (h *Host) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "nsenter", append([]string{"--mount", "--target", strconv.Itoa(h.pid), name}, args...)...)
}

// Private

func newKey(t *testing.T) machine.KeyPair {
	t.Helper()
	key, err := machine.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// FreeAddress is an address of this machine that nobody listens on.
func FreeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

func writeConfig(t *testing.T, address string, client, host machine.KeyPair) string {
	t.Helper()
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("sshd_config", fmt.Sprintf(`ListenAddress %s
HostKey %s
AuthorizedKeysFile %s
AllowUsers root
PermitRootLogin prohibit-password
PasswordAuthentication no
AllowAgentForwarding no
X11Forwarding no
AllowTcpForwarding local
AllowStreamLocalForwarding local
StrictModes no
UsePAM no
PidFile none
LogLevel ERROR
MaxStartups 200
`, address, write("host_key", string(host.PrivatePEM)), write("authorized_keys", client.AuthorizedLine+"\n")))
}

// start runs a server until the test ends, and shows what it said if it failed.
func start(t *testing.T, server *exec.Cmd) int {
	t.Helper()
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatalf("start %s: %v", server.Path, err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it was killed
		if t.Failed() && said.Len() > 0 {
			t.Logf("%s said: %s", server.Args[0], said.String())
		}
	})
	return server.Process.Pid
}

func (h *Host) await(what string, ready func() error) {
	h.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		err := ready()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("waited %v in vain for %s: %v", patience, what, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

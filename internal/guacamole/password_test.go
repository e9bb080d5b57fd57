package guacamole_test

import (
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/guacamole"
)

func TestAPasswordFileIsWhatTigervncpasswdWrites(t *testing.T) {
	for _, test := range []struct{ password, want string }{
		{"s3cr3tpw", "43798e8ddf11b065"},
		{"s3cr3tpwEXTRA", "43798e8ddf11b065"},
		{"abc", "9c0a172d3482e122"},
	} {
		if got := hex.EncodeToString(guacamole.PasswordFile(test.password)); got != test.want {
			t.Errorf("%s gives %s, not %s", test.password, got, test.want)
		}
	}
}

func TestATigerVNCServerTakesThePasswordOfTheFile(t *testing.T) {
	if _, err := exec.LookPath("Xtigervnc"); err != nil {
		t.Skip("No TigerVNC was found on this host; install Debian's package tigervnc-standalone-server to run this test.")
	}
	password := guacamole.VNCPassword(guacamole.NewSecret())
	socket := startVNC(t, guacamole.PasswordFile(password))
	for _, test := range []struct {
		name, password string
		wantErr        bool
	}{{"the password", password, false}, {"another", "-" + password[:7] + "!", true}} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := new(net.Dialer).DialContext(t.Context(), "unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if err := rfb.Greet(conn); err != nil {
				t.Fatal(err)
			}
			if err := rfb.Authenticate(conn, test.password); (err != nil) != test.wantErr {
				t.Errorf("the server says %v", err)
			}
		})
	}
}

// startVNC starts a server without a screen to speak of, and gives its socket.
func startVNC(t *testing.T, passwordFile []byte) string {
	t.Helper()
	folder := t.TempDir()
	socket, passwords := filepath.Join(folder, "vnc.sock"), filepath.Join(folder, "passwd")
	if err := os.WriteFile(passwords, passwordFile, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	server := exec.CommandContext(t.Context(), "Xtigervnc",
		"-displayfd", "3", "-rfbport", "-1", "-rfbunixpath", socket, "-SecurityTypes", "VncAuth", "-rfbauth", passwords,
		"-geometry", "64x64", "-nolisten", "tcp", "-noreset")
	server.ExtraFiles = []*os.File{writer}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait() // it was killed
	})
	_ = reader.SetReadDeadline(time.Now().Add(20 * time.Second))
	var display int
	if _, err := fmt.Fscanln(reader, &display); err != nil { // once it says so, it is ready
		t.Fatalf("wait for the VNC server: %v", err)
	}
	return socket
}

package machinetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"

	"github.com/dictumal/dictumal"
)

// Display is a running X server behind the machine's VNC socket.
type Display struct {
	Name string // ":1"
	host *Host
}

// Desktop starts a VNC server on the machine's VNC socket, with a plain blue
// screen of the given size and such further options as are given.
func (h *Host) Desktop(geometry string, options ...string) *Display {
	h.t.Helper()
	if _, err := exec.LookPath("Xtigervnc"); err != nil {
		h.t.Skip("No TigerVNC was found on this host; install Debian's package tigervnc-standalone-server to run this test.")
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	server := h.Command(context.WithoutCancel(h.t.Context()), "Xtigervnc", append([]string{
		"-displayfd", "3", "-rfbport", "-1", "-rfbunixpath", dictumal.VNCSocket, "-rfbunixmode", "0600",
		"-SecurityTypes", "None", "-geometry", geometry, "-depth", "24", "-AlwaysShared", "-nolisten", "tcp", "-noreset",
	}, options...)...)
	server.ExtraFiles = []*os.File{writer}
	start(h.t, server)
	_ = writer.Close()
	var number int
	if _, err := fmt.Fscan(reader, &number); err != nil {
		h.t.Fatalf("read the display's number: %v", err)
	}
	h.await("the VNC socket", func() error {
		conn, err := new(net.Dialer).DialContext(h.t.Context(), "unix", h.Path(dictumal.VNCSocket))
		if err != nil {
			return err
		}
		return conn.Close()
	})
	return &Display{Name: fmt.Sprintf(":%d", number), host: h}
}

// Start starts a program on the display, until the test ends.
func (d *Display) Start(name string, args ...string) {
	d.host.t.Helper()
	command := d.host.Command(context.WithoutCancel(d.host.t.Context()), name, args...)
	command.Env = append(os.Environ(), "DISPLAY="+d.Name)
	start(d.host.t, command)
}

// Run runs a program on the display and gives what it prints.
func (d *Display) Run(name string, args ...string) string {
	d.host.t.Helper()
	command := d.host.Command(d.host.t.Context(), name, args...)
	command.Env = append(os.Environ(), "DISPLAY="+d.Name)
	output, err := command.CombinedOutput()
	if err != nil {
		d.host.t.Fatalf("run %s %s: %v: %s", name, strings.Join(args, " "), err, output)
	}
	return string(output)
}

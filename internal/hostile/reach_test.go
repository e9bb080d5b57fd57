package hostile_test

import (
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal/internal/hostile"
)

// TestNoMachineSendsUsElsewhere has a machine point to a place that would notice.
func TestNoMachineSendsUsElsewhere(t *testing.T) {
	var visitors atomic.Int64
	elsewhere, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = elsewhere.Close() }()
	go func() {
		for {
			conn, err := elsewhere.Accept()
			if err != nil {
				return
			}
			visitors.Add(1)
			_ = conn.Close()
		}
	}()
	points := func(c io.ReadWriter) {
		if _, err := c.Read(make([]byte, 4096)); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: http://"+elsewhere.Addr().String()+"/\r\nRefresh: 0\r\n\r\n")
		}
	}
	o := openOffice(t)
	at := (&hostile.Machine{HTTP: func(c net.Conn) { points(c) }, Port: func(_ uint32, c io.ReadWriteCloser) { points(c) }}).Start(t)
	said := o.ask(http.MethodPost, "/guacamole/"+o.meet(at), nil)
	if said != "seen: ssh desktop http80 guac-http done" || visitors.Load() != 0 {
		t.Errorf("%d have come to where a machine pointed; it said %q", visitors.Load(), said)
	}
}

// TestTheProgramHoldsNoAgent keeps out what a machine could ask to use our keys with.
func TestTheProgramHoldsNoAgent(t *testing.T) {
	list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "github.com/dictumal/dictumal/cmd/dictumal").Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(list), "golang.org/x/crypto/ssh\n") || strings.Contains(string(list), "golang.org/x/crypto/ssh/agent\n") {
		t.Error("the program has an SSH agent in it, or no SSH at all")
	}
}

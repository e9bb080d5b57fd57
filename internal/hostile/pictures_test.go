package hostile_test

import (
	"io"
	"strings"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway/rfb"
)

// pictures are VNC servers that flood a viewer who is in.
func pictures() []script {
	draws := func(head, text string) func(io.ReadWriteCloser) {
		return func(c io.ReadWriteCloser) {
			if rfb.Accept(c) == nil {
				go listens(c)
				_, _ = io.WriteString(c, head)
				endlessly(c, text)
			}
		}
	}
	return []script{
		{name: "pictures of nothing without end for a viewer", machine: vnc(draws(hello, nothing)), visit: leaves, want: "left"},
		{name: "a text of 4 GiB for a viewer", machine: vnc(draws(hello+"\x03\x00\x00\x00\xff\xff\xff\xff", "x")), visit: leaves, want: "left"},
		{name: "bells without end for a viewer", machine: vnc(draws(hello, "\x02")), visit: leaves, want: "left"},
		{name: "pictures without end for a viewer who does not look", machine: vnc(draws(hello, strings.Repeat("x", 1<<14))), visit: stares, want: `"reason":"slow"`},
		{name: "a machine that takes no input", machine: vnc(func(c io.ReadWriteCloser) {
			if rfb.Accept(c) == nil {
				select {}
			}
		}), visit: works, want: deaf},
		{name: "a desktop that ends in the middle of a picture", machine: vnc(func(c io.ReadWriteCloser) {
			if rfb.Accept(c) == nil {
				_, _ = io.WriteString(c, hello+"\x00\x00\xff\xff")
			}
		}), visit: watches, want: lost},
	}
}

// leaves looks at a good deal of the desktop, and goes.
func leaves(o *office, number string) string {
	viewer, err := o.join(number)
	if err != nil {
		return ending(err)
	}
	conn := websocket.NetConn(o.t.Context(), viewer, websocket.MessageBinary)
	if _, err := io.CopyN(io.Discard, conn, 64<<20); err != nil {
		return ending(err)
	}
	_ = viewer.CloseNow()
	until(o.t, "the viewer is gone", func() bool {
		said := o.said.String()
		return strings.Contains(said, "stream has ended") || strings.Contains(said, "viewer has left")
	})
	return "left"
}

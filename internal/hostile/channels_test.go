package hostile_test

import (
	"net/http"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal/internal/hostile"
)

// channels are machines that misbehave on the channels that were opened to them.
func channels() []script {
	wire := func(say func(w *hostile.Wire)) hostile.Machine { return hostile.Machine{Wire: say} }
	piece := []byte(strings.Repeat("x", 1<<15))
	return []script{
		{name: "a channel is never opened to a viewer", machine: wire(func(w *hostile.Wire) { listens(w) }), visit: watches, want: unreachable},
		{name: "a channel is never opened to a probe", machine: wire(func(w *hostile.Wire) { listens(w) }), visit: asks("probe"), want: "error: probe the machine: context deadline exceeded"},
		{
			name: "a channel is refused with many words", machine: wire(func(w *hostile.Wire) {
				opened, _ := w.Asked()
				_ = w.Send(ssh.Marshal(&struct {
					Type           byte
					To, Why        uint32
					Text, Language string
				}{92, opened.ID, 2, strings.Repeat("\x1b[2J<b>", 20_000), ""}))
				listens(w)
			}), visit: asks("log"), want: `read the boot log: ssh: rejected: connect failed ("\x1b[2J<b>\x1b[2J`,
		},
		{
			name: "a channel whose window is 0", machine: wire(func(w *hostile.Wire) {
				if opened, err := w.Open(64); err == nil && w.Desktop(opened.ID) == nil {
					go w.KeepAlive()
					select {}
				}
			}), visit: works, want: deaf,
		},
		{
			name: "more than the window holds", machine: open(func(w *hostile.Wire, to uint32) {
				repeat(w, func(int) []byte { return hostile.Data(to, piece) })
			}), visit: stares, want: `"reason":"lost"|"reason":"slow"`,
		},
		{
			name: "single bytes for a viewer who does not read", machine: open(crumbles), visit: stares,
			want: "The machine sends its stream in crumbs, which cost more than they carry." + orSlow,
		},
		{
			name: "errors where a socket has none", machine: open(func(w *hostile.Wire, to uint32) {
				crumb := hostile.Stderr(to, []byte("x"))
				repeat(w, func(int) []byte { return crumb })
			}), visit: watches, want: "4005 The machine sends errors where a socket has no place for them.",
		},
		{
			name: "data after the end", machine: open(func(w *hostile.Wire, to uint32) {
				_ = w.Send(hostile.About(96, to))
				crumb := hostile.Data(to, []byte("x"))
				repeat(w, func(int) []byte { return crumb })
			}), visit: watches, want: lost,
		},
		{
			name: "data for a channel that is not there", machine: open(func(w *hostile.Wire, to uint32) {
				_ = w.Send(hostile.Data(to+1000, piece))
				repeat(w, func(int) []byte { return hostile.Wish("noise", false) }) // which nobody reads any more
			}), visit: watches, want: lost,
		},
		{
			name: "a window beyond 4 GiB", machine: open(func(w *hostile.Wire, to uint32) {
				grow := ssh.Marshal(&struct {
					Type     byte
					To, More uint32
				}{93, to, 1 << 31})
				repeat(w, func(int) []byte { return grow })
			}), visit: watches, want: lost,
		},
		{
			name: "a channel is confirmed twice", machine: open(func(w *hostile.Wire, to uint32) {
				_ = w.Confirm(to, 1<<20)
				listens(w)
			}), visit: watches, want: lost,
		},
		{
			name: "requests without end on a channel", machine: open(func(w *hostile.Wire, to uint32) {
				ask := hostile.Request(to, "pty-req", true, nil)
				repeat(w, func(int) []byte { return ask })
			}), visit: watches, want: wanting,
		},
		{
			name: "a closed channel is kept open", machine: hostile.Machine{Wire: clings}, visit: watchesWhileAsked,
			want: "4006 The machine does not let go of what was closed.", // as an honest one does not whose line hangs
		},
	}
}

// crumbles draws until nothing is taken any more, and fills what is left of the
// window with single bytes.
func crumbles(w *hostile.Wire, to uint32) {
	const ahead = 1 << 18
	taken := make(chan int, 1000)
	go w.Taken(taken)
	piece := make([]byte, 1<<14)
	for window := 1 << 21; ; {
		for window > 1<<21-ahead {
			if w.Send(hostile.Data(to, piece)) != nil {
				return
			}
			window -= len(piece)
		}
		select {
		case more := <-taken:
			window += more
			continue
		case <-time.After(200 * time.Millisecond): // the viewer's side is full
		}
		for crumb := hostile.Data(to, []byte("x")); window >= 1000; window -= 1000 {
			if w.Repeat(crumb, 1000) != nil {
				return
			}
		}
		select {}
	}
}

// clings lets a viewer in, answers a command with more than was asked for, and never
// closes a channel.
func clings(w *hostile.Wire) {
	opened, err := w.Open(1 << 20)
	if err != nil || w.Desktop(opened.ID) != nil {
		return
	}
	session, err := w.Open(1 << 20)
	if err != nil {
		return
	}
	_ = w.Send(hostile.About(99, session.ID))
	for range 3 { // 96 KiB, where 64 were asked for
		_ = w.Send(hostile.Data(session.ID, make([]byte, 1<<15)))
	}
	w.KeepAlive()
}

// watchesWhileAsked watches, and has the boot log read meanwhile.
func watchesWhileAsked(o *office, number string) string {
	viewer, err := o.join(number)
	if err != nil {
		return ending(err)
	}
	o.ask(http.MethodPost, "/log/"+number, nil)
	for err == nil {
		_, _, err = viewer.Read(o.t.Context())
	}
	return ending(err)
}

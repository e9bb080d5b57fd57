package hostile_test

import (
	"strings"

	"github.com/dictumal/dictumal/internal/hostile"
)

const (
	wanting = "4005 The machine wants to open channels, to ask questions or to change keys again and again."
	silent  = "4006 The machine no longer answers."
	flood   = "4005 The machine sends without end what nobody has asked for."
	deaf    = "The machine no longer takes what is sent to it."
	lost    = "4006 The machine has ended the stream."
)

// connections are machines that misbehave beside an open stream.
func connections() []script {
	return []script{
		{
			name: "new keys again and again", machine: open(func(w *hostile.Wire, _ uint32) {
				for err := error(nil); err == nil; {
					err = w.Kex()
				}
			}), visit: watches, want: wanting,
		},
		{
			name: "new keys that never come", machine: open(func(w *hostile.Wire, _ uint32) {
				_ = w.Propose()
				listens(w)
			}), visit: watches, want: silent,
		},
		{name: "keepalives are not answered", machine: open(func(w *hostile.Wire, _ uint32) { listens(w) }), visit: watches, want: silent},
		{
			name: "nothing is read any more", machine: open(func(*hostile.Wire, uint32) { select {} }), visit: works,
			want: silent + "|" + deaf,
		},
		{
			name: "channels of every kind without end", machine: open(func(w *hostile.Wire, _ uint32) {
				go listens(w)
				kinds := []string{"session", "forwarded-tcpip", "forwarded-streamlocal@openssh.com", "x11", "auth-agent@openssh.com", strings.Repeat("\x1b[2J", 10_000)}
				repeat(w, func(i int) []byte { return hostile.Want(kinds[i%len(kinds)], uint32(i)) })
			}), visit: watches, want: wanting,
		},
		{
			name: "questions without end", machine: open(func(w *hostile.Wire, _ uint32) {
				go listens(w)
				repeat(w, func(int) []byte { return hostile.Wish("tcpip-forward", true) })
			}), visit: watches, want: wanting,
		},
		{
			name: "questions without end, and nobody reads the answers", machine: open(func(w *hostile.Wire, _ uint32) {
				repeat(w, func(int) []byte { return hostile.Wish("keepalive@openssh.com", true) })
			}), visit: watches, want: wanting,
		},
		{
			name: "remarks without end", machine: open(func(w *hostile.Wire, _ uint32) {
				repeat(w, func(int) []byte { return hostile.Wish("hostkeys-00@openssh.com", false) })
			}), visit: watches, want: wanting,
		},
		{
			name: "ignored messages without end", machine: open(func(w *hostile.Wire, _ uint32) {
				idle := append([]byte{2, 0, 0, 0x75, 0x30}, make([]byte, 30_000)...)
				repeat(w, func(int) []byte { return idle })
			}), visit: watches, want: flood,
		},
		{
			name: "pings without end", machine: open(func(w *hostile.Wire, _ uint32) {
				go listens(w)
				ping := append([]byte{192, 0, 0, 0x75, 0x30}, make([]byte, 30_000)...)
				repeat(w, func(int) []byte { return ping })
			}), visit: watches, want: flood,
		},
		{
			name: "answers that nobody waits for, without end", machine: open(func(w *hostile.Wire, _ uint32) {
				repeat(w, func(int) []byte { return append([]byte{81}, make([]byte, 30_000)...) })
			}), visit: watches, want: flood + "|" + silent,
		},
		{
			name: "a packet that was tampered with", machine: open(func(w *hostile.Wire, _ uint32) {
				_, _ = w.Write(append([]byte{0, 0, 0, 32}, make([]byte, 48)...))
				listens(w)
			}), visit: watches, want: lost,
		},
	}
}

// open plays an honest machine until a viewer has come in, and then misbehaves. The
// number is of the viewer's channel.
func open(then func(w *hostile.Wire, channel uint32)) hostile.Machine {
	return hostile.Machine{Wire: func(w *hostile.Wire) {
		opened, err := w.Open(1 << 20)
		if err != nil || w.Desktop(opened.ID) != nil {
			return
		}
		then(w, opened.ID)
	}}
}

// repeat sends one packet after the other until the connection ends.
func repeat(w *hostile.Wire, packet func(i int) []byte) {
	for i := 0; ; i++ {
		if w.Send(packet(i)) != nil {
			return
		}
	}
}

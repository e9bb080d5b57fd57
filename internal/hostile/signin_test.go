package hostile_test

import (
	"net"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal/internal/hostile"
)

// signIns are machines that misbehave before they have let us in.
func signIns() []script {
	early := func(say func(w *hostile.Wire)) hostile.Machine {
		return hostile.Machine{Conn: func(conn net.Conn) {
			w := hostile.NewWire(conn, nil)
			if w.Greet() == nil {
				say(w)
			}
		}}
	}
	offer := hostile.Offer()
	return []script{
		{
			name: "a packet of 4 GiB before the keys", machine: early(func(w *hostile.Wire) { _, _ = w.Write([]byte{255, 255, 255, 255, 4, 20}) }),
			visit: asks("probe"), want: "packet too large|invalid packet length",
		},
		{
			name: "algorithms by the thousand", machine: early(func(w *hostile.Wire) {
				many := offer
				many.Kex = strings.Split(strings.Repeat("\x1b[31m<img>,", 18_000), ",")
				_ = w.Send(ssh.Marshal(&many))
				listens(w)
			}), visit: asks("probe"), want: "cause: connect to the machine: ssh: handshake failed: ssh: no common algorithm",
		},
		{
			name: "key exchange is never finished", machine: early(func(w *hostile.Wire) {
				_ = w.Send(ssh.Marshal(&offer))
				listens(w)
			}), visit: watches, want: unreachable,
		},
		{
			name: "nothing but ignored messages before the keys", machine: early(func(w *hostile.Wire) {
				idle := ssh.Marshal(&struct {
					Type byte
					Text string
				}{2, strings.Repeat("x", 30_000)})
				repeat(w, func(int) []byte { return idle })
			}), visit: asks("probe"), want: "first packet should be msgKexInit|short buffer",
		},
		{name: "authentication is never answered", machine: signing(func(w *hostile.Wire) { listens(w) }), visit: watches, want: unreachable},
		{
			name: "authentication fails for ever", machine: signing(func(w *hostile.Wire) { refuses(w, false) }), visit: asks("probe"),
			want: "cause: connect to the machine: ssh: handshake failed: ssh: unable to authenticate",
		},
		{
			name: "authentication fails before it is asked for", machine: signing(func(w *hostile.Wire) {
				if accepts(w) == nil {
					_ = w.Repeat(refusal(false), 5000)
					listens(w)
				}
			}), visit: watches, want: unreachable,
		},
		{
			name: "authentication wants ever more", machine: signing(func(w *hostile.Wire) { refuses(w, true) }), visit: asks("probe"),
			want: "unable to authenticate",
		},
		{
			name: "authentication greets without end", machine: signing(func(w *hostile.Wire) {
				if accepts(w) == nil {
					banner := ssh.Marshal(&struct {
						Type           byte
						Text, Language string
					}{53, strings.Repeat("welcome ", 1000), ""})
					repeat(w, func(int) []byte { return banner })
				}
			}), visit: asks("probe"), want: "the machine sends more than belongs to a sign-in",
		},
		{
			name: "it leaves with many words", machine: signing(func(w *hostile.Wire) {
				_ = w.Send(ssh.Marshal(&struct {
					Type           byte
					Reason         uint32
					Text, Language string
				}{1, 2, strings.Repeat("\x1b[2J<script>\r\n", 15_000), ""}))
				listens(w)
			}), visit: asks("probe"), want: `ssh: disconnect, reason 2: "\x1b[2J<script>\r\n`,
		},
	}
}

// signing misbehaves once there are keys.
func signing(say func(w *hostile.Wire)) hostile.Machine {
	return hostile.Machine{Keyed: say}
}

// accepts agrees to talk about who is there.
func accepts(w *hostile.Wire) error {
	packet, err := w.Receive()
	if err != nil {
		return err
	}
	return w.Send(append([]byte{6}, packet[1:]...))
}

func refuses(w *hostile.Wire, partly bool) {
	if accepts(w) != nil {
		return
	}
	for {
		if _, err := w.Receive(); err != nil || w.Send(refusal(partly)) != nil {
			return
		}
	}
}

func refusal(partly bool) []byte {
	return ssh.Marshal(&struct {
		Type    byte
		Methods []string
		Partly  bool
	}{51, []string{"publickey", "password", "keyboard-interactive"}, partly})
}

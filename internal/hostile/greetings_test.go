package hostile_test

import (
	"io"
	"strings"

	"github.com/dictumal/dictumal/internal/hostile"
)

const (
	garbled = "4003 The machine's VNC server does not keep to the protocol."
	version = "RFB 003.008\n"
	entered = version + "\x01\x01\x00\x00\x00\x00"
)

// greetings are VNC servers that misbehave before a viewer is in.
func greetings() []script {
	return []script{
		{name: "VNC of no version", machine: vnc(says("\x1b[2J<b>hello", stay)), visit: watches, want: garbled},
		{name: "VNC of a version without end", machine: vnc(func(c io.ReadWriteCloser) { endlessly(c, "9") }), visit: watches, want: garbled},
		{name: "VNC that says nothing", machine: vnc(func(c io.ReadWriteCloser) { listens(c) }), visit: watches, want: unreachable},
		{name: "VNC that drips", machine: vnc(func(c io.ReadWriteCloser) { slowly(c, "RFB ") }), visit: watches, want: unreachable + "|" + garbled},
		{name: "VNC that hangs up", machine: vnc(says(version)), visit: watches, want: unreachable},
		{name: "no security, for a reason of 4 GiB", machine: vnc(func(c io.ReadWriteCloser) {
			_, _ = io.WriteString(c, version+"\x00\xff\xff\xff\xff")
			endlessly(c, "\x1b[31mno\r\n")
		}), visit: watches, want: garbled},
		{name: "security types that nobody knows", machine: vnc(says(version+"\xff"+strings.Repeat("\x63", 255), stay)), visit: watches, want: garbled},
		{name: "a refusal for a reason of 4 GiB", machine: vnc(func(c io.ReadWriteCloser) {
			_, _ = io.WriteString(c, version+"\x01\x01\x00\x00\x00\x01\xff\xff\xff\xff")
			endlessly(c, "<script>")
		}), visit: watches, want: garbled},
		{name: "a challenge that is never ended", machine: vnc(says(version+"\x01\x02"+"challen", stay)), visit: watches, want: unreachable},
		{name: "no VNC at all for a probe", machine: vnc(says("HTTP/1.1 400", stay)), visit: asks("probe"), want: "seen: ssh vnc desktop done"},
	}
}

func vnc(say func(io.ReadWriteCloser)) hostile.Machine { return hostile.Machine{VNC: say} }

// stay keeps the connection after the last word.
const stay = "\x00stay"

// says says one thing, whatever it hears.
func says(what string, then ...string) func(io.ReadWriteCloser) {
	return func(c io.ReadWriteCloser) {
		_, _ = io.WriteString(c, what)
		if len(then) > 0 {
			listens(c)
		}
	}
}

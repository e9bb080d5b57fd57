package hostile_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"strings"

	"github.com/dictumal/dictumal/internal/hostile"
)

// pages are web servers that misbehave, inside the machine and at its door at once.
func pages() []script {
	serves := func(name string, want string, answer func(io.ReadWriter)) script {
		heard := func(c io.ReadWriter) {
			if _, err := c.Read(make([]byte, 4096)); err == nil {
				answer(c)
			}
		}
		return script{name: name, visit: asks("guacamole"), want: want, machine: hostile.Machine{
			HTTP: func(c net.Conn) { heard(c) },
			Port: func(_ uint32, c io.ReadWriteCloser) { heard(c) },
		}}
	}
	const (
		none  = "seen: ssh desktop done"
		both  = "seen: ssh desktop http80 guac-http done"
		there = "seen: ssh desktop http80 done"
	)
	text := func(text string) func(io.ReadWriter) {
		return func(c io.ReadWriter) { _, _ = io.WriteString(c, text) }
	}
	first := func(head, more string) func(io.ReadWriter) {
		return func(c io.ReadWriter) {
			_, _ = io.WriteString(c, head)
			endlessly(c, more)
		}
	}
	return []script{
		serves("a head without end", none, first("HTTP/1.1 200 OK\r\n", "X-Y: z\r\n")),
		serves("a line without end", none, first("HTTP/1.1 200 OK\r\nX: ", "x")),
		serves("a status line without end", none, first("HTTP/1.1 ", "2")),
		serves("a head that drips", none, func(c io.ReadWriter) { slowly(c, "HTTP/1.1 200 OK\r\nX: y\r\n") }),
		serves("a page that is a bomb", both, func(c io.ReadWriter) {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
			endlessly(c, bomb())
		}),
		serves("a page of pieces without end", both, first("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n")),
		serves("the way to the metadata address", both, text("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/metadata/v1/\r\n\r\n")),
		serves("the way to a file", both, text("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n")),
		serves("promises of an answer without end", there, first("", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")),
		serves("lengths that contradict each other", none, text("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 99999999999999999999\r\n\r\n")),
		serves("an answer that is not HTTP", none, text("\x1b[2J\x00\xff")),
		serves("no answer", none, func(c io.ReadWriter) { listens(c) }),
	}
}

// bomb is small, and 64 MiB once it is unpacked.
func bomb() string {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.Copy(w, io.LimitReader(zeros{}, 64<<20))
	_ = w.Close()
	return packed.String()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, strings.Repeat("\x00", len(p))), nil }

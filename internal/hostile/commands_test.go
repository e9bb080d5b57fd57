package hostile_test

import (
	"io"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal/internal/hostile"
)

// commands are machines whose commands misbehave: the probe, the boot log, and what
// has to do with certificates.
func commands() []script {
	runs := func(run func(s ssh.Channel)) hostile.Machine {
		return hostile.Machine{Run: func(_ string, s ssh.Channel) { run(s) }}
	}
	prints := func(text string) hostile.Machine {
		return runs(func(s ssh.Channel) {
			_, _ = io.WriteString(s, text)
			hostile.Exit(s, 0)
		})
	}
	return []script{
		{name: "a probe that prints without end", machine: runs(func(s ssh.Channel) { endlessly(s, "x") }), visit: asks("probe"), want: "cause: run the probe on the machine: the machine answered with more than it may"},
		{name: "a boot log of one line of 10 GiB", machine: runs(func(s ssh.Channel) { endlessly(s, "x") }), visit: asks("log"), want: "read the boot log: the machine answered with more than it may"},
		{name: "a boot log that drips", machine: runs(func(s ssh.Channel) { slowly(s, "x") }), visit: asks("log"), want: "read the boot log: context deadline exceeded"},
		{
			name: "a boot log of anything but text", machine: prints("\x1b[2J\x1b]0;owned\a\r\n\x00\xff\xfe\xc3(\u202e<script>\u2028" + strings.Repeat("\xf0\x9f", 1000)),
			visit: asks("log"), want: "2035 bytes",
		},
		{name: "complaints without end", machine: runs(func(s ssh.Channel) { endlessly(s.Stderr(), "no ") }), visit: asks("probe"), want: "cause: run the probe on the machine: The machine sends without end what nobody has asked for.|context deadline exceeded"},
		{
			name: "a complaint of screen controls", machine: runs(func(s ssh.Channel) {
				_, _ = io.WriteString(s.Stderr(), "\x1b[31m<b>no\r\nlevel=INFO msg=\"all is well\"\x00\u202e")
				hostile.Exit(s, 3)
			}), visit: asks("probe"), want: `cause: run the probe on the machine: the command ended with status 3 and said: [31m<b>no  level=INFO msg="all is well"`,
		},
		{name: "no exit status", machine: runs(func(s ssh.Channel) { _ = s.Close() }), visit: asks("probe"), want: "the machine did not say how the command ended"},
		{
			name: "an exit by a signal with many words", machine: runs(func(s ssh.Channel) {
				_, _ = s.SendRequest("exit-signal", false, ssh.Marshal(&struct {
					Signal         string
					Core           bool
					Text, Language string
				}{"KILL\x1b[2J", false, strings.Repeat("<b>", 50_000), ""}))
				_ = s.Close()
			}), visit: asks("probe"), want: "the command was ended by a signal",
		},
		{
			name: "an exit status of one byte, and more of them", machine: runs(func(s ssh.Channel) {
				for {
					if _, err := s.SendRequest("exit-status", false, []byte{0}); err != nil {
						return
					}
				}
			}), visit: asks("probe"), want: "cause: run the probe on the machine: The machine wants to open channels",
		},
		{
			name: "an end without an end", machine: runs(func(s ssh.Channel) { _ = s.CloseWrite() }), visit: asks("log"),
			want: "read the boot log: context deadline exceeded",
		},
		{name: "a report in an unknown state", machine: prints(`{"bootstrap":"\u001b[2J<script>alert(1)</script>"}`), visit: asks("probe"), want: `the bootstrap is in the unknown state "[2J<script>alert(`},
		{name: "a report of brackets", machine: prints(strings.Repeat("[", 60_000)), visit: asks("probe"), want: "cause: read the probe's answer:"},
		{
			name: "a report of lies", machine: prints(`{"bootstrap":"failed","reason":"host-key-changed","cause":"\u001b[31m<img src=x onerror=alert(1)>\r\n` + strings.Repeat("é", 20_000) + `","vnc":true,"desktop":true,"now":-1e300}`),
			visit: asks("probe"), want: "failed: [31m<img src=x onerror=alert(1)>  ééé",
		},
		{
			name: "a report of a thousand dialogs", machine: prints(`{"bootstrap":"done","dialogs":["` + strings.Repeat(`\u202e<b>","`, 3000) + `"]}`),
			visit: asks("probe"), want: "dialogs: <b>, <b>, <b>, <b>, <b>, <b>, <b>, <b>",
		},
		{name: "a certificate request without end", machine: runs(func(s ssh.Channel) { endlessly(s, "-----BEGIN CERTIFICATE REQUEST-----\n") }), visit: asks("certify"), want: "ask the machine for a certificate request: the machine answered with more than it may"},
		{
			name: "a certificate that is not taken", machine: hostile.Machine{Run: func(command string, s ssh.Channel) {
				if strings.HasSuffix(command, "request") {
					hostile.Exit(s, 0)
					return
				}
				select {}
			}}, visit: asks("certify"), want: "install the machine's certificate: context deadline exceeded",
		},
	}
}

package hostile_test

import (
	"io"
	"strings"
)

const (
	format   = "\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00"
	hello    = "\x05\xa0\x03\x84" + format + "\x00\x00\x00\x04desk"
	nothing  = "\x00\x00\x00\x00" // an update without rectangles
	faceless = "seen: ssh vnc greeting desktop done"
)

// desktops are VNC servers that lie about what they show, to a probe.
func desktops() []script {
	tells := func(what string) script {
		return script{machine: vnc(says(entered+what, stay)), visit: asks("probe"), want: faceless}
	}
	named := func(name string, s script) script {
		s.name = name
		return s
	}
	endless := func(head, text string) script {
		return script{machine: vnc(func(c io.ReadWriteCloser) {
			_, _ = io.WriteString(c, entered+head)
			endlessly(c, text)
		}), visit: asks("probe"), want: faceless}
	}
	corner := "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x10\x00\x10" + "\x00\x00\x00\x00"
	const markup = "<img src=x onerror=alert(1)>\x1b[2J\r\nSet-Cookie: a=b\x00\u202e"
	fancy := script{
		machine: vnc(says(entered+hello[:20]+"\x00\x00\x00"+string(rune(len(markup)))+markup+corner+strings.Repeat("pixl", 256), stay)),
		visit:   asks("probe"), want: "seen: ssh vnc greeting framebuffer desktop done",
	}
	return []script{
		named("a desktop named with 4 GiB", endless(hello[:20]+"\xff\xff\xff\xff", "x")),
		named("a desktop named with markup and controls", fancy),
		named("a desktop of 0 by 0", tells("\x00\x00\x00\x00"+hello[4:])),
		named("a desktop of 65535 by 65535", tells("\xff\xff\xff\xff"+hello[4:]+"\x00\x00\x00\x01"+"\x00\x00\x00\x00\xff\xff\xff\xff"+"\x00\x00\x00\x00")),
		named("pixels of 255 bits", tells(hello[:4]+"\xff"+hello[5:]+corner)),
		named("pictures of nothing without end", endless(hello, nothing)),
		named("a text of 4 GiB", endless(hello+"\x03\x00\x00\x00\xff\xff\xff\xff", "x")),
		named("texts without end", endless(hello, "\x03\x00\x00\x00\x00\x00\x00\x02hi")),
		named("bells without end", endless(hello, "\x02")),
		named("a picture that breaks off", tells(hello+corner+"pix")),
		named("a message that nobody knows", tells(hello+"\xf0")),
	}
}

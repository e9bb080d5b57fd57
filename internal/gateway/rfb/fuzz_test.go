package rfb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
)

// The sizes with which servers have broken viewers before.
const (
	most     = "\xff\xff\xff\xff"
	let      = "\x01\x01\x00\x00\x00\x00"
	format   = "\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00"
	greeting = "\x05\xa0\x03\x84" + format + "\x00\x00\x00\x04desk"
	raw      = "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x10\x00\x10" + "\x00\x00\x00\x00"
)

// FuzzHandshake is a machine that says anything: the relay answers only what a viewer
// may say, reads a bounded part, and ends with a fault that can be shown.
func FuzzHandshake(f *testing.F) {
	for _, says := range []string{
		version + let, version + "\x02\x02\x01\x00\x00\x00\x00", version + "\x01\x02" + strings.Repeat("c", 16) + "\x00\x00\x00\x00",
		"RFB 004.001\n" + let, "RFB 003.003\n", "SSH-2.0-Open", version + "\x00\x00\x00\x00\x11Too many failures",
		version + "\x00" + most + strings.Repeat("x", 4000), version + "\x01\x01\x00\x00\x00\x01" + most + "\x1b[1m\u202eNo", version + "\xff", version + "\x01\x13",
	} {
		f.Add([]byte(says), "s3cr3tpw")
	}
	f.Fuzz(func(t *testing.T, says []byte, password string) {
		server := &script{says: bytes.NewReader(says)}
		err := Greet(server)
		if err == nil {
			err = Authenticate(server, password)
		}
		checkFault(t, err)
		heard := strings.TrimPrefix(server.heard.String(), version)
		switch {
		case heard == "", heard == "\x01":
		case len(heard) == 1+16 && heard[0] == securityVNCAuth:
		case heard == "\x02": // the challenge did not come
		default:
			t.Errorf("the machine heard %q", server.heard.String())
		}
		if password != "" && len(password) >= 4 && strings.Contains(server.heard.String(), password) && !bytes.Contains(says, []byte(password)) && len(heard) < 17 {
			t.Errorf("the machine heard the password: %q", server.heard.String())
		}
	})
}

// FuzzFirstUpdate is a machine that has let us in and then says anything: whoever
// looks for a picture takes only one that was asked for, and soon stops reading.
func FuzzFirstUpdate(f *testing.F) {
	picture := strings.Repeat("pixl", look*look)
	for _, says := range []string{
		greeting + raw + picture, greeting + "\x02" + "\x03\x00\x00\x00\x00\x00\x00\x02hi" + raw + picture,
		greeting[:20] + most, "\x00\x00\x00\x00" + greeting[4:], most + greeting[4:] + raw, greeting + "\x03\x00\x00\x00" + most,
		greeting + "\x00\x00\xff\xff" + most + most + "\x00\x00\x00\x00", greeting + "\x00\x00\x00\x00" + raw[4:], greeting + raw[:12] + "\x00\x00\x00\x07",
		greeting + strings.Repeat("\x02", 500), greeting + "\x00\x00\x00\x01" + strings.Repeat("\x00", 8), greeting[:4] + "\xff" + greeting[5:] + raw + picture,
	} {
		f.Add([]byte(says), byte(0))
	}
	f.Add([]byte(greeting), byte(endlessly))
	f.Add([]byte(greeting[:20]+most), byte(endlessly))
	f.Add([]byte(greeting+"\x03\x00\x00\x00"+most), byte(endlessly))
	f.Fuzz(func(t *testing.T, says []byte, then byte) {
		rest := &endless{said: bytes.NewReader(append([]byte(let), says...)), quiet: then != endlessly}
		server := &script{says: rest}
		err := firstUpdate(server)
		checkFault(t, err)
		if rest.beyond > 2*maxSkipped+64<<10 {
			t.Errorf("it went on to read %d bytes", rest.beyond)
		}
		if heard := server.heard.String(); len(heard) > len(asked) || heard != asked[:len(heard)] {
			t.Errorf("the machine heard %q", server.heard.String())
		}
	})
}

// FuzzViewerHandshake is a browser that says anything: nobody is let in who does not
// speak the protocol to its end.
func FuzzViewerHandshake(f *testing.F) {
	for _, says := range []string{version + "\x01", "RFB 003.003\n\x01", version + "\x02", version, "GET / HTTP/1.1\r\n"} {
		f.Add([]byte(says))
	}
	f.Fuzz(func(t *testing.T, says []byte) {
		viewer := &script{says: bytes.NewReader(says)}
		err := Accept(viewer)
		checkFault(t, err)
		in := strings.HasSuffix(viewer.heard.String(), "\x01\x01\x00\x00\x00\x00")
		if proper := bytes.HasPrefix(says, []byte(version+"\x01")); (err == nil) != proper || in != proper {
			t.Errorf("%q is let in: %v, and heard %q", says, err == nil, viewer.heard.String())
		}
	})
}

// Private

// asked is what is sent to a machine that lets us in.
const asked = "\x01\x01" + "\x02\x00\x00\x01\x00\x00\x00\x00" + "\x03\x00\x00\x00\x00\x00\x00\x10\x00\x10"

// checkFault wants an error that can be shown to people, or an end.
func checkFault(t *testing.T, err error) {
	t.Helper()
	fault, ok := errors.AsType[*Error](err)
	switch {
	case err == nil, !ok && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
	case !ok || len(fault.Sentence) > 1500 || strings.ContainsFunc(fault.Sentence, func(r rune) bool { return !unicode.IsPrint(r) }):
		t.Errorf("the error is %q", err)
	}
}

// endlessly is rare, since it takes long.
const endlessly = 255

// endless goes on with what keeps a reader busy, when what was said is over.
type endless struct {
	said   *bytes.Reader
	quiet  bool // it does not
	beyond int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.said.Len() > 0 {
		return e.said.Read(p)
	}
	if e.quiet || e.beyond > 4*maxSkipped {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 2 // a bell
	}
	e.beyond += len(p)
	return len(p), nil
}

// message is what a VNC server makes of a viewer's message.
type message struct {
	kind     byte
	extended bool // of the clipboard
	flags    byte // what it is for, where it is extended
}

// messages parses what a filter let through as a VNC server does, by the protocol's
// own tables and not by the filter's. The last may be on its way still.
func messages(t *testing.T, stream []byte) (all []message) {
	t.Helper()
	for rest := stream[min(1, len(stream)):]; len(rest) > 0; {
		size, known := length(rest)
		if size < 0 {
			t.Fatalf("a message of the unknown type %d has passed: % x", rest[0], stream)
		}
		m := message{kind: rest[0]}
		if m.extended = m.kind == cutText && len(rest) >= 12 && rest[4]&0x80 != 0; m.extended {
			m.flags = rest[8]
		}
		all = append(all, m)
		if !known || size > len(rest) {
			break
		}
		rest = rest[size:]
	}
	return all
}

// needs lists the rights that a message takes.
func (m message) needs() (needed Rights) {
	switch {
	case m.kind == cutText && m.extended:
		return Rights{Paste: m.flags&0x18 != 0, Copy: m.flags&0x06 != 0} // notify, provide; request, peek
	case m.kind == cutText:
		return Rights{Paste: true}
	}
	return Rights{Input: bytes.IndexByte([]byte{4, 5, 250, 251, 255}, m.kind) >= 0}
}

// length is that of the first message, false where its head is not whole, and less
// than nothing where there is no such message.
func length(rest []byte) (size int, known bool) {
	fixed := map[byte]int{0: 20, 3: 10, 4: 8, 150: 10, 250: 4, 255: 12}
	at := func(offset, bytes int) (n int) {
		if known = len(rest) >= offset+bytes; !known {
			return 0
		}
		for _, b := range rest[offset : offset+bytes] {
			n = n<<8 | int(b)
		}
		return n
	}
	switch rest[0] {
	case 2:
		return 4 + 4*at(2, 2), known
	case 5:
		if at(1, 1)&0x80 != 0 {
			return 7, known
		}
		return 6, known
	case 6:
		n := at(4, 4)
		if known && rest[4]&0x80 != 0 {
			n = -int(int32(binary.BigEndian.Uint32(rest[4:])))
		}
		return 8 + n, known
	case 248:
		return 9 + at(8, 1), known
	case 251:
		return 8 + 16*at(6, 1), known
	}
	if size, known = fixed[rest[0]]; !known {
		return -1, false
	}
	return size, true
}

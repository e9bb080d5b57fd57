package rfb

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// script is a peer that says one thing whatever it hears, and keeps what it heard.
type script struct {
	says  io.Reader
	heard bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)  { return s.says.Read(p) }
func (s *script) Write(p []byte) (int, error) { return s.heard.Write(p) }

func TestServerHandshake(t *testing.T) {
	challenge := string([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	response, err := hex.DecodeString("e2bf3bcaeab1bf09fac3bf9e9ab33412")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, says, wantHeard, wantErr string }{
		{name: "needs no password", says: version + "\x01\x01\x00\x00\x00\x00", wantHeard: version + "\x01"},
		{name: "prefers no password", says: version + "\x02\x02\x01\x00\x00\x00\x00", wantHeard: version + "\x01"},
		{name: "answers a challenge", says: version + "\x01\x02" + challenge + "\x00\x00\x00\x00", wantHeard: version + "\x02" + string(response)},
		{name: "takes a newer version", says: "RFB 004.001\n\x01\x01\x00\x00\x00\x00", wantHeard: version + "\x01"},
		{name: "refuses an older version", says: "RFB 003.003\n", wantErr: "not with version 3.8"},
		{name: "refuses something else", says: "SSH-2.0-Open", wantErr: "not with version 3.8"},
		{name: "refuses unknown security", says: version + "\x01\x13", wantErr: "security types [19]"},
		{name: "tells why it was refused", says: version + "\x00\x00\x00\x00\x11Too many failures", wantErr: "Too many failures."},
		{name: "tells why it failed", says: version + "\x01\x01\x00\x00\x00\x01\x00\x00\x00\x06\x1b[1mNo", wantErr: ": [1mNo."},
		{name: "survives an endless reason", says: version + "\x00\xff\xff\xff\xff" + strings.Repeat("x", 400), wantErr: "xxx."},
		{name: "survives the end", says: version + "\x02\x01", wantErr: "unexpected EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := &script{says: strings.NewReader(test.says)}
			err := Greet(server)
			if err == nil {
				err = Authenticate(server, "s3cr3tpw")
			}
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) || len(err.Error()) > 400 {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if err != nil || server.heard.String() != test.wantHeard {
				t.Errorf("the server heard %q (%v)", server.heard.String(), err)
			}
		})
	}
}

func TestViewerHandshake(t *testing.T) {
	for _, test := range []struct{ name, says, wantHeard, wantErr string }{
		{name: "lets a viewer in without a password", says: version + "\x01", wantHeard: version + "\x01\x01\x00\x00\x00\x00"},
		{name: "refuses another version", says: "RFB 003.003\n", wantErr: "not with version 3.8"},
		{name: "refuses a choice that it did not offer", says: version + "\x02", wantErr: "security type 2"},
		{name: "survives the end", says: version, wantErr: "EOF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			viewer := &script{says: strings.NewReader(test.says)}
			err := Accept(viewer)
			if test.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), test.wantErr) {
					t.Errorf("the error is %v", err)
				}
				return
			}
			if err != nil || viewer.heard.String() != test.wantHeard {
				t.Errorf("the viewer heard %q (%v)", viewer.heard.String(), err)
			}
		})
	}
}

func TestFirstUpdate(t *testing.T) {
	const (
		entered = "\x01\x01\x00\x00\x00\x00"
		hello   = "\x05\xa0\x03\x84" + "\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00" + "\x00\x00\x00\x04desk"
		noise   = "\x02" + "\x03\x00\x00\x00\x00\x00\x00\x02hi"
		update  = "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x10\x00\x10" + "\x00\x00\x00\x00"
	)
	picture := strings.Repeat("pixl", 16*16)
	for _, test := range []struct{ name, says, wantErr string }{
		{"has seen a picture", entered + hello + update + picture, ""},
		{"passes over a bell and a text", entered + hello + noise + update + picture, ""},
		{"wants the whole picture", entered + hello + update + picture[1:], "EOF"},
		{"wants a picture at all", entered + hello, "EOF"},
		{"wants a framebuffer with pixels", entered + "\x00\x00" + hello[2:], "no pixels"},
		{"knows no name of a gigabyte", entered + hello[:20] + "\x40\x00\x00\x00", "no name has"},
		{"knows no text of a gigabyte", entered + hello + "\x03\x00\x00\x00\x40\x00\x00\x00", "more than it may"},
		{"knows no encoding but raw", entered + hello + update[:12] + "\x00\x00\x00\x07", "encoding 7"},
		{"is not kept waiting for ever", entered + hello + strings.Repeat("\x02", maxSkipped+1), "no picture"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := firstUpdate(&script{says: strings.NewReader(test.says)})
			if test.wantErr == "" && err != nil || test.wantErr != "" && (err == nil || !strings.Contains(err.Error(), test.wantErr)) {
				t.Errorf("the error is %v", err)
			}
		})
	}

	t.Run("ends with its context", func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer func() { _ = theirs.Close() }()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := FirstUpdate(ctx, ours); !errors.Is(err, ctx.Err()) || err == nil {
			t.Errorf("the error is %v", err)
		}
	})
}

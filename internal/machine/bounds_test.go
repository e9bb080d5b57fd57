package machine

import (
	"io"
	"strings"
	"testing"
)

// babble is a connection on which a machine never comes to an end.
type babble struct {
	head string // said once
	more string // and this again and again
	read int    // bytes
}

func (b *babble) Read(p []byte) (int, error) {
	text := b.more
	if b.read == 0 {
		text = b.head
	}
	n := copy(p, text)
	b.read += n
	return n, nil
}

func (b *babble) Write(p []byte) (int, error) { return len(p), nil }
func (b *babble) Close() error                { return nil }

func TestNoMoreIsReadOfAPageThanItTakes(t *testing.T) {
	for _, test := range []struct {
		name       string
		babble     babble
		wantStatus int
	}{
		{"where the head has no end", babble{head: "HTTP/1.1 200 OK\r\n", more: "X-Y: z\r\n"}, 0},
		{"where a line has no end", babble{head: "HTTP/1.1 ", more: "2"}, 0},
		{"where the page has no end", babble{head: "HTTP/1.1 200 OK\r\n\r\n", more: "x"}, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, err := page(t.Context(), &test.babble, "http://127.0.0.1/")
			if status != test.wantStatus || (err == nil) != (test.wantStatus != 0) || test.babble.read > maxPage {
				t.Errorf("of status %d (%v) %d bytes were read", status, err, test.babble.read)
			}
		})
	}
}

func TestNoMoreIsKeptOfAComplaintThanIsShown(t *testing.T) {
	var said complaint
	if n, err := io.Copy(&said, io.LimitReader(strings.NewReader(strings.Repeat("no ", 1<<20)), 1<<20)); n != 1<<20 || err != nil {
		t.Errorf("%d bytes were heard (%v)", n, err)
	}
	if kept := said.text.Len(); kept != maxComplaint {
		t.Errorf("%d bytes were kept", kept)
	}
}

func TestNobodyIsTrustedWhereNobodyIsNamed(t *testing.T) {
	// A nil pool would be the system's.
	if roots := (Door{}).roots(); roots == nil {
		t.Error("all the world may vouch for a machine")
	}
}

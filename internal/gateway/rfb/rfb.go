// Package rfb is as much of the Remote Framebuffer protocol (RFC 6143) as a
// relay needs: the handshakes at both ends, a filter for what a viewer sends,
// and a look at whether a framebuffer is really there. What a machine draws is
// passed on unread.
package rfb

import "fmt"

// version is the only one spoken here; every VNC server and viewer of the last
// twenty years knows it.
const version = "RFB 003.008\n"

// The security types that the relay can answer.
const (
	securityNone    = 1
	securityVNCAuth = 2
)

// Error is a peer that does not keep to the protocol, in a sentence.
type Error struct{ Sentence string }

// Error is the sentence.
func (e *Error) Error() string { return e.Sentence }

// Private

func faultf(format string, args ...any) error {
	return &Error{Sentence: fmt.Sprintf(format, args...)}
}

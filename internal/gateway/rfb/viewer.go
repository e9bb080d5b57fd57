package rfb

import (
	"fmt"
	"io"
)

// Accept does a server's half of the handshake with a viewer who has been let
// in by other means, so that no password is asked for. What the viewer sends
// next is its ClientInit, which is the first thing that a [Filter] expects.
func Accept(viewer io.ReadWriter) error {
	if _, err := io.WriteString(viewer, version); err != nil {
		return fmt.Errorf("greet the viewer: %w", err)
	}
	var answer [len(version)]byte
	if _, err := io.ReadFull(viewer, answer[:]); err != nil {
		return fmt.Errorf("read the viewer's greeting: %w", err)
	}
	if string(answer[:]) != version {
		return faultf("The viewer answers with %q, not with version 3.8.", answer)
	}
	if _, err := viewer.Write([]byte{1, securityNone}); err != nil {
		return fmt.Errorf("offer security types to the viewer: %w", err)
	}
	var chosen [1]byte
	if _, err := io.ReadFull(viewer, chosen[:]); err != nil {
		return fmt.Errorf("read the viewer's choice of security: %w", err)
	}
	if chosen[0] != securityNone {
		return faultf("The viewer chose the security type %d, which was not offered.", chosen[0])
	}
	if _, err := viewer.Write([]byte{0, 0, 0, 0}); err != nil {
		return fmt.Errorf("let the viewer in: %w", err)
	}
	return nil
}

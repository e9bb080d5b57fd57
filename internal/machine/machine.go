// Package machine reaches into a machine through SSH: to its VNC server, to its
// boot log, and to the few commands that say how it is and certify it. At the
// door of a guacamole machine it knocks from outside, too. The machine belongs to
// whoever works on it, so nothing that it says is trusted: its host key is
// pinned before the first connection, what it may send is bounded, and every
// channel that it wants to open is refused.
package machine

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// ErrHostKeyChanged says that something else answers at the machine's address,
// or that the machine is no longer what was made. There is no second try.
var ErrHostKeyChanged = errors.New("the machine's host key is not the pinned one")

// Target is a machine that can be reached.
type Target struct {
	Deployment string
	Address    string // host:port
	ClientKey  []byte // private, PEM
	HostKey    string // public, "ssh-ed25519 AAAA…"
}

// Private

// same tells whether a connection to t serves other as well.
func (t Target) same(other Target) bool {
	return t.Address == other.Address && t.HostKey == other.HostKey && string(t.ClientKey) == string(other.ClientKey)
}

func (t Target) keys() (ssh.Signer, ssh.PublicKey, error) {
	signer, err := ssh.ParsePrivateKey(t.ClientKey)
	if err != nil {
		return nil, nil, fmt.Errorf("read the client key: %w", err)
	}
	pinned, _, _, rest, err := ssh.ParseAuthorizedKey([]byte(t.HostKey))
	if err != nil {
		return nil, nil, fmt.Errorf("read the pinned host key: %w", err)
	}
	if pinned.Type() != ssh.KeyAlgoED25519 || strings.TrimSpace(string(rest)) != "" {
		return nil, nil, errors.New("read the pinned host key: it is not one ed25519 key")
	}
	return signer, pinned, nil
}

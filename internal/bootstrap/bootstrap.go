// Package bootstrap turns a policy into the user-data that makes a machine obey
// it, and holds the files of that machine: the units of its desktop, the programs
// that prepare and probe it, and how it looks.
//
// A baked image holds the same files; there the user-data finds them in place and
// only says what is particular to one deployment.
package bootstrap

import (
	"fmt"

	"github.com/dictumal/dictumal"
)

// MaxUserData is the most bytes that every provider takes.
const MaxUserData = 64 << 10

// Input is what one machine is made from.
type Input struct {
	Hostname      string
	AuthorizedKey string // one line; opens root's account and nothing else does
	HostKey       HostKey
	Policy        dictumal.Policy
	Document      string
	Stream        dictumal.Stream
	Guacamole     *Guacamole // needed by the guacamole stream alone
}

// HostKey is the ed25519 key by which the machine is known before it exists.
type HostKey struct {
	PrivatePEM string
	PublicLine string
}

// UserData writes the machine's user-data: typed values as JSON, which cloud-init
// reads as YAML, so that nothing a person wrote can become a directive.
func UserData(in Input) (string, error) {
	if err := in.check(); err != nil {
		return "", err
	}
	config, err := newCloudConfig(in)
	if err != nil {
		return "", err
	}
	text, err := config.encode()
	if err != nil {
		return "", err
	}
	if len(text) > MaxUserData {
		return "", dictumal.NewError(dictumal.CodeInvalid, fmt.Sprintf(
			"The document needs %d bytes of start-up data, and a machine takes at most %d. Shorten it or its files.",
			len(text), MaxUserData))
	}
	return text, nil
}

// Check tells whether a machine can be made from the input, before one is ordered,
// whichever stream it will have. It needs the policy and the document only.
func Check(in Input) error {
	in.Hostname = "dictumal-00000000-00000000000000000000000000"
	if in.HostKey.PrivatePEM == "" {
		in.AuthorizedKey = string(make([]byte, keyRoom))
		in.HostKey = HostKey{PrivatePEM: string(make([]byte, keyRoom)), PublicLine: string(make([]byte, keyRoom))}
	}
	// The guacamole stream's machine is told everything that the other's is, and more.
	in.Stream = dictumal.Guacamole
	if in.Guacamole == nil {
		in.Guacamole = largest()
	}
	_, err := UserData(in)
	return err
}

// Private

// check tells what is wrong with the input, in a sentence.
func (in Input) check() error {
	switch in.Stream {
	case dictumal.Native:
		return nil
	case dictumal.Guacamole:
		return in.Guacamole.check()
	}
	return dictumal.NewError(dictumal.CodeInvalid, fmt.Sprintf(
		"The stream %q is not offered by this version. Use %q or %q.", in.Stream, dictumal.Native, dictumal.Guacamole))
}

// keyRoom is more than an ed25519 key takes in any of its forms; a NUL byte
// becomes six characters of JSON.
const keyRoom = 128

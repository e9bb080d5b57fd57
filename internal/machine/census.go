package machine

import (
	"bytes"
	"encoding/binary"
	"errors"
)

const (
	// maxPackets is as many as a machine may send before it has let us in; an
	// honest one sends ten. The SSH library keeps sixteen that nobody reads any
	// more, and with one more it would wait for ever where the sign-in has failed.
	maxPackets = 15

	msgNewKeys = 21
	gcmTag     = 16
)

// Private

var errManyPackets = errors.New("the machine sends more than belongs to a sign-in")

// census counts the packets of a sign-in. Their lengths can be read also once they
// are sealed, since they stand in the open with the ciphers that are offered.
type census struct {
	packets int
	head    []byte // of the line or the packet under way
	rest    int    // of the packet's bytes
	greeted bool
	sealed  bool
}

func (c *census) count(p []byte) error {
	for len(p) > 0 {
		switch {
		case !c.greeted:
			p = c.greet(p)
		case c.rest > 0:
			n := min(c.rest, len(p))
			p, c.rest = p[n:], c.rest-n
		default:
			p = c.begin(p)
		}
	}
	if c.packets > maxPackets {
		return errManyPackets
	}
	return nil
}

// greet passes over the lines up to the one with the version.
func (c *census) greet(p []byte) []byte {
	line, rest, whole := bytes.Cut(p, []byte("\n"))
	c.head = append(c.head, line[:min(len(line), 4-min(4, len(c.head)))]...)
	if whole {
		c.greeted = string(c.head) == "SSH-"
		c.head = nil
	}
	return rest
}

// begin reads a packet's length, the length of its padding and its kind.
func (c *census) begin(p []byte) []byte {
	const length, head = 4, 6
	n := min(head-len(c.head), len(p))
	c.head = append(c.head, p[:n]...)
	if len(c.head) == head {
		c.packets++
		c.rest = max(0, int(binary.BigEndian.Uint32(c.head))-(head-length))
		if c.sealed {
			c.rest += gcmTag
		}
		c.sealed = c.sealed || c.head[head-1] == msgNewKeys
		c.head = nil
	}
	return p[n:]
}

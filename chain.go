package dictumal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
)

// Line is a deed as the audit log keeps it.
type Line struct {
	Deed
	// Chain is the hash of this line and of all before it.
	Chain string
}

// Chain is the hash of a deed that follows a line with another hash; the first
// follows the empty one. Each field goes in with its length, so that no two deeds
// are the same text.
func (d Deed) Chain(before string) string {
	hash := sha256.New()
	number := func(n int64) { _ = binary.Write(hash, binary.BigEndian, n) } // to memory
	text := func(s string) {
		number(int64(len(s)))
		hash.Write([]byte(s))
	}
	text(before)
	number(d.Number)
	number(d.At.UnixMicro())
	for _, field := range []string{
		d.Actor, d.Email, string(d.Via), d.From, d.Action, d.Object, string(d.Result), d.Detail,
	} {
		text(field)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

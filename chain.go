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
// follows the empty one. Each field goes in after its length, so that no two deeds
// are the same text.
func (d Deed) Chain(before string) string {
	line := make([]byte, 0, 512)
	line = binary.AppendVarint(line, d.Number)
	line = binary.AppendVarint(line, d.At.UnixMicro())
	for _, field := range []string{
		before, d.Actor, d.Email, string(d.Via), d.From, d.Action, d.Object, string(d.Result), d.Detail,
	} {
		line = binary.AppendVarint(line, int64(len(field)))
		line = append(line, field...)
	}
	sum := sha256.Sum256(line)
	return hex.EncodeToString(sum[:])
}

package dictumal

import "time"

// MaxDocument is the most bytes that a constitution may have.
const MaxDocument = 20 << 10

// Constitution is one version of a document. A version never changes: what a
// deployment was made from can always be read again.
type Constitution struct {
	ID      string
	Owner   string
	Version int
	Title   string
	// Hash is the SHA-256 of Document in lower-case hex; sha256sum of the file
	// on the machine gives the same.
	Hash string
	// Document is the text in UTF-8 with LF line ends and one final newline.
	Document  string
	Policy    Policy
	CreatedAt time.Time
}

// ShortHash is the beginning of the hash, enough for people to tell versions apart.
func (c Constitution) ShortHash() string { return ShortHash(c.Hash) }

// ShortHash shortens a document's hash for display.
func ShortHash(hash string) string {
	if len(hash) < 8 {
		return hash
	}
	return hash[:8]
}

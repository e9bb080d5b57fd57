package dictumal

import (
	"net/mail"
	"strings"
)

// MaxEmail is the longest e-mail address, in bytes.
const MaxEmail = 254

// ParseEmail reads an e-mail address as it is kept and compared: in lower case, and
// in letters that read the same to everybody. Lists compare letters, there are letters
// that look like others, and some become plain ones when they are made small: so what
// is not plain is refused before that.
func ParseEmail(text string) (email string, ok bool) {
	address, err := mail.ParseAddress(text)
	odd := func(c rune) bool { return c <= ' ' || c > '~' || c == '"' }
	if err != nil || address.Address != text || len(text) > MaxEmail || strings.Count(text, "@") != 1 || strings.ContainsFunc(text, odd) {
		return "", false
	}
	return strings.ToLower(text), true
}

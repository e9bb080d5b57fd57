package redact

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
)

// Private

// pattern is a kind of secret that is known by its looks. A search for a few
// letters comes first, since nearly every text holds none of them. For the same
// reason the expression is read when it is first wanted, and not at every start.
type pattern struct {
	hints  []string // in lower case; at least one of them is in every match
	match  func() *regexp.Regexp
	result string
}

var patterns = []pattern{
	{[]string{"private key"}, expression(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), Mask},
	{[]string{"cookie:", "authorization:"}, expression(`(?i)\b((?:set-)?cookie|(?:proxy-)?authorization):[^\r\n]*`), "${1}: " + Mask},
	{[]string{"bearer"}, expression(`(?i)\b(bearer)(?:\s|%20|\+)+[A-Za-z0-9._~+/=%-]{8,}`), "${1} " + Mask},
	{[]string{"dictumal_"}, expression(`dictumal_[A-Z0-9][A-Za-z0-9._-]*`), Mask},
	{tokenMarks, expression(`(?i)(?:` + strings.Join(tokenMarks, "|") + `)[A-Za-z0-9+/_=%-]*`), Mask},
	{[]string{"eyj"}, expression(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`), Mask},
	{[]string{"://"}, expression(`://[^/\s@"']+@`), "://" + Mask + "@"},
	{
		[]string{"=", "%3d"},
		expression(`(?i)(^|[?&#]|%3F|%26|%23)(code|data|state|nonce|` + fields + `)(=|%3D)[^&\s"'#;,<>()]+`), "${1}${2}${3}" + Mask,
	},
	{[]string{`"`}, expression(`(?i)("(?:` + fields + `)"\s*:\s*")(?:[^"\\]|\\.)*`), "${1}" + Mask},
	{[]string{`\"`}, expression(`(?i)(\\"(?:` + fields + `)\\"\s*:\s*\\")(?:[^"\\]|\\[^"])*`), "${1}" + Mask},
	{
		[]string{"_secret", "_token", "_password", "_key"},
		expression(`\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:SECRET|TOKEN|PASSWORD|KEY))(\s*[=:]\s*)(?:"[^"]*"|'[^']*'|[^\s"']+)`), "${1}${2}" + Mask,
	},
}

// fields are the names under which addresses, forms and answers carry what lets
// somebody in.
const fields = `token|access_token|refresh_token|id_token|code_verifier|client_secret|password|secret`

// tokenMarks begin the tokens of DigitalOcean as they are, and those and ours inside
// what was encoded.
var tokenMarks = append(marks("dictumal_", "dop_v1_", "doo_v1_", "dor_v1_"), "dop_v1_", "doo_v1_", "dor_v1_")

func marks(prefixes ...string) []string {
	var all []string
	for _, prefix := range prefixes {
		all = append(all, hex.EncodeToString([]byte(prefix)))
		for _, shape := range inBase64(prefix, base64.RawStdEncoding) {
			all = append(all, strings.ToLower(shape))
		}
	}
	return all
}

func expression(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

func hidePatterns(text string) string {
	if len(text) < leastKnown {
		return text
	}
	lower := strings.ToLower(text)
	for _, p := range patterns {
		for _, hint := range p.hints {
			if strings.Contains(lower, hint) {
				text = p.match().ReplaceAllString(text, p.result)
				break
			}
		}
	}
	return text
}

// randomLength is that of what crypto/rand.Text makes: codes, and each half of the
// cookie of a session. No ULID is one, which begins with a digit that these lack.
const randomLength = 26

// hideRandom hides whatever looks as if crypto/rand.Text had made it.
func hideRandom(text string) string {
	var hidden strings.Builder
	copied, run := 0, 0
	for i := range len(text) + 1 {
		if i < len(text) && isRandom(text[i]) {
			run++
			continue
		}
		if start := i - run; run >= randomLength {
			hidden.WriteString(text[copied:start])
			hidden.WriteString(Mask)
			copied = i
		}
		run = 0
	}
	if copied == 0 {
		return text
	}
	hidden.WriteString(text[copied:])
	return hidden.String()
}

func isRandom(c byte) bool { return c >= 'A' && c <= 'Z' || c >= '2' && c <= '7' }

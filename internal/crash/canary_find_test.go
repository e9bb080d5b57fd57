package crash_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode/utf16"
)

// canary is a secret that is known to the test.
type canary struct {
	kind  kind
	name  string
	value []byte
}

// finder finds canaries in whatever form they may stand somewhere.
type finder map[[stem]byte][]shape

// stem is how many bytes every form has at least; by them, all are looked for at once.
const stem = 8

// shape is a canary as it looks in one form.
type shape struct {
	canary int
	form   string
	text   string
}

func newFinder(canaries []canary) finder {
	f := finder{}
	for n, c := range canaries {
		for form, text := range shapes(c.value) {
			if len(text) >= stem {
				key := [stem]byte([]byte(text))
				f[key] = append(f[key], shape{n, form, text})
			}
		}
	}
	return f
}

// find tells each canary that a text holds, and in which form.
func (f finder) find(text []byte) map[int]string {
	found := map[int]string{}
	for at := range max(0, len(text)-stem+1) {
		for _, s := range f[[stem]byte(text[at:])] {
			if len(s.text) <= len(text)-at && string(text[at:at+len(s.text)]) == s.text {
				found[s.canary] = s.form
			}
		}
	}
	return found
}

// shapes is how a value looks in each form.
func shapes(value []byte) map[string]string {
	plain := string(value)
	numbers := strings.Trim(fmt.Sprintf("%d", value), "[]")
	all := map[string]string{
		"plain": plain, "in hexadecimal": hex.EncodeToString(value), "in HEXADECIMAL": fmt.Sprintf("%X", value),
		"quoted": strings.Trim(fmt.Sprintf("%q", value), `"`), "in a query": url.QueryEscape(plain), "in a path": url.PathEscape(plain),
		"twice in a query": url.QueryEscape(url.QueryEscape(plain)), "in HTML": html.EscapeString(plain),
		"as numbers": numbers, "as more numbers": strings.ReplaceAll(numbers, " ", ","), "in UTF-16": wide(plain),
	}
	if quoted, err := json.Marshal(plain); err == nil {
		all["as JSON"] = strings.Trim(string(quoted), `"`)
	}
	for shift := range min(3, len(value)) { // wherever it stands in what was encoded, this part of it looks the same
		whole := value[shift:]
		whole = whole[:len(whole)/3*3]
		for name, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64 of URLs": base64.RawURLEncoding} {
			all[fmt.Sprintf("in %s from byte %d", name, shift)] = encoding.EncodeToString(whole)
		}
	}
	return all
}

// wide is how browsers keep text in their databases.
func wide(plain string) string {
	var text strings.Builder
	for _, unit := range utf16.Encode([]rune(plain)) {
		text.WriteByte(byte(unit))
		text.WriteByte(byte(unit >> 8))
	}
	return text.String()
}

package redact

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Private

// visible writes out what would act on a terminal or on the direction of writing.
// Line breaks and the other controls of ASCII stay: whoever writes the line, as text
// or as JSON, escapes those and only those.
func visible(text string) string {
	if !strings.ContainsFunc(text, acts) {
		return text
	}
	var shown strings.Builder
	for _, r := range text {
		if acts(r) {
			shown.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		shown.WriteRune(r)
	}
	return shown.String()
}

func acts(r rune) bool {
	if r < unicode.MaxASCII {
		return false
	}
	return r == utf8.RuneError || !unicode.IsPrint(r)
}

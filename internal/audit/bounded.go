package audit

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dictumal/dictumal"
)

// Private

// bounded is a deed that fits into a line: much of it was sent by somebody, or by a
// machine that may be hostile.
func bounded(d dictumal.Deed) dictumal.Deed {
	d.Actor, d.Email, d.From = clip(d.Actor, 64), clip(d.Email, dictumal.MaxEmail), clip(d.From, 64)
	d.Action, d.Object, d.Detail = clip(d.Action, 64), clip(d.Object, 128), clip(d.Detail, 500)
	return d
}

// clip is a text of at most so many bytes in which nothing moves a cursor, ends a
// line or turns the direction of writing: it is as harmless on a terminal as on a page.
func clip(text string, most int) string {
	var out strings.Builder
	for _, r := range text {
		shown := string(r)
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			shown = strings.Trim(strconv.QuoteRuneToASCII(r), "'")
		}
		if out.Len()+len(shown) > most-len("…") {
			out.WriteString("…")
			break
		}
		out.WriteString(shown)
	}
	return out.String()
}

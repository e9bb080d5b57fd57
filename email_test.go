package dictumal_test

import (
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestAnEmailIsComparedInSmallPlainLetters(t *testing.T) {
	for _, c := range []struct {
		says, text, want string
	}{
		{"small letters", "ada@example.org", "ada@example.org"},
		{"capitals", "Ada@Example.org", "ada@example.org"},
		{"a Kelvin sign, which becomes a k", "\u212Aate@example.org", ""},
		{"a dotted I, which becomes an i", "ada@acme-\u0130nc.org", ""},
		{"a letter that looks like another", "ada@example.or\u0261", ""},
		{"a name before it", "Ada <ada@example.org>", ""},
		{"brackets", "<ada@example.org>", ""},
		{"blanks", " ada@example.org", ""},
		{"quotes", `"ada b"@example.org`, ""},
		{"two hosts", "ada@example.org@example.net", ""},
		{"a line's end", "ada@example.org\r\n", ""},
		{"more than fits", strings.Repeat("a", 250) + "@x.org", ""},
		{"no host", "ada", ""},
	} {
		t.Run(c.says, func(t *testing.T) {
			if got, ok := dictumal.ParseEmail(c.text); got != c.want || ok != (c.want != "") {
				t.Errorf("%q is read as %q, %v; want %q", c.text, got, ok, c.want)
			}
		})
	}
}

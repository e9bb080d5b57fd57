package store

import (
	"reflect"
	"strings"
	"unicode/utf8"
)

// Private

// clean makes texts what both databases keep, and gives back as it was: UTF-8 without
// a NUL, which PostgreSQL refuses. Machines, browsers and providers may send anything,
// and a row that cannot be written because of that would be tried again for ever.
func clean(args []any) {
	for i, arg := range args {
		text, is := arg.(string)
		if !is {
			value := reflect.ValueOf(arg)
			if value.Kind() != reflect.String {
				continue
			}
			text = value.String()
		}
		if !kept(text) {
			args[i] = cleaned(text)
		}
	}
}

// cleaned shows a reader that something was there.
func cleaned(text string) string {
	if kept(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

func kept(text string) bool {
	return utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}

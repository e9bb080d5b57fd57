package redact

import (
	"encoding"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// Private

func (r *Redactor) attrs(attrs []slog.Attr) []slog.Attr {
	clean := make([]slog.Attr, len(attrs))
	for i, attr := range attrs {
		clean[i] = r.attr(attr)
	}
	return clean
}

func (r *Redactor) attr(attr slog.Attr) slog.Attr {
	value := attr.Value.Resolve() // a LogValuer may give anything
	switch {
	case namesSecret(attr.Key):
		return slog.String(attr.Key, Mask)
	case value.Kind() == slog.KindGroup:
		return slog.Attr{Key: attr.Key, Value: slog.GroupValue(r.attrs(value.Group())...)}
	case value.Kind() == slog.KindString:
		return slog.String(attr.Key, r.Text(value.String()))
	case value.Kind() == slog.KindAny:
		return slog.String(attr.Key, r.Text(written(value.Any())))
	}
	return slog.Attr{Key: attr.Key, Value: value} // numbers, times and truths hold none
}

// namesSecret tells whether an attribute says by its name that nobody may read it.
func namesSecret(key string) bool {
	switch strings.ToLower(key) {
	case "password", "secret", "token", "cookie", "authorization", "private_key":
		return true
	}
	return false
}

// written is a value as text. What is made of several is written as JSON: whoever
// finds secrets in texts must see all of it, and byte for byte.
func written(value any) (text string) {
	defer func() {
		if recover() != nil { // as of a nil pointer that is asked for its text
			text = unwritten(value)
		}
	}()
	switch value := value.(type) {
	case nil:
		return "null"
	case error:
		return value.Error()
	case []byte:
		return string(value)
	case encoding.TextMarshaler:
		if text, err := value.MarshalText(); err == nil {
			return string(text)
		}
	case fmt.Stringer:
		return value.String()
	}
	if word := reflect.ValueOf(value); word.Kind() == reflect.String {
		return word.String() // JSON would quote it, and the log once more
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return unwritten(value)
	}
	return string(encoded)
}

func unwritten(value any) string { return fmt.Sprintf("[%T that cannot be written]", value) }

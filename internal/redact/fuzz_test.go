package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/dictumal/dictumal/internal/redact"
)

// FuzzRedactor checks that a secret that the log was told of survives in no form and
// at no place, and that a record is one line whatever stands in it.
func FuzzRedactor(f *testing.F) {
	for shape := range uint8(9) { // of writings
		f.Add("s3cr3t/+? \"&<>\\é~0", "before ", " after", shape)
		f.Add("dop_v1_0123456789abcdef", "Authorization: Bearer ", "\r\nX: y", shape)
		f.Add("AAAAAAAABBBBBBBB", "AUTH_SECRET=", "\"", shape)
		f.Add("%20%20+++///===>>>???", "https://x/?code=", "#data=", shape)
		f.Add("-----BEGIN PRIVATE KEY-----", `{"token":"`, `"}`, shape)
		f.Add("\x00\xff\u202e\n\t12345", "\x1b[2J\u009b", "\u2028", shape)
	}
	f.Fuzz(func(t *testing.T, secret, before, after string, shape uint8) {
		if len(secret) < 8 || strings.ContainsAny(secret, "[]") {
			return // too short to be a secret, or made of the mask itself
		}
		form := writings(secret)[int(shape)%len(writings(secret))]
		text := before + form + after
		for kind, make := range handlers {
			var with, without bytes.Buffer
			record(redact.Logger(slog.New(make(&with)), secret), text)
			record(redact.Logger(slog.New(make(&without)), secret), before+" "+after)
			for _, trace := range append(readings(t, kind, with.String()), with.String()) {
				if strings.Contains(trace, form) && !strings.Contains(without.String(), form) && !strings.Contains(strings.Join(readings(t, kind, without.String()), "\n"), form) {
					t.Errorf("%s keeps %q: %s", kind, form, trace)
				}
			}
			if lines := strings.Count(with.String(), "\n"); lines != 1 || strings.ContainsFunc(strings.TrimSuffix(with.String(), "\n"), forges) {
				t.Errorf("%s writes %d lines: %q", kind, lines, with.String())
			}
		}
	})
}

// Private

// record writes a text at each place that a record has.
func record(log *slog.Logger, text string) {
	log.With("with", text).WithGroup("group").Info(text, "text", text, "error", fmt.Errorf("it said: %w", errors.New(text)),
		slog.Group("inner", "bytes", []byte(text)), "value", valuer(text), "any", map[string]any{"list": []any{text, []byte(text)}})
}

// valuer is a value that logs ask for another.
type valuer string

func (v valuer) LogValue() slog.Value { return slog.AnyValue([]string{string(v)}) }

// writings are the forms of a secret, made without the code under test.
func writings(secret string) []string {
	quoted := strconv.Quote(secret)
	forms := []string{
		secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))),
		base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)),
		url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1],
	}
	if utf8.ValidString(secret) { // JSON has no other bytes
		encoded, _ := json.Marshal(secret) // a text never fails
		forms = append(forms, string(encoded[1:len(encoded)-1]))
	}
	return forms
}

// readings are the texts that somebody reads out of a line.
func readings(t *testing.T, kind, line string) []string {
	t.Helper()
	if kind != "JSON" {
		return nil
	}
	var read any
	if err := json.Unmarshal([]byte(line), &read); err != nil {
		t.Fatalf("the line is no JSON: %v: %s", err, line)
	}
	return texts(read)
}

func texts(read any) []string {
	switch read := read.(type) {
	case string:
		return []string{read}
	case map[string]any:
		var all []string
		for _, value := range read {
			all = append(all, texts(value)...)
		}
		return all
	}
	return nil
}

// forges tells whether a character acts on a terminal or looks like the end of a line.
func forges(r rune) bool {
	return r < ' ' || r >= 0x7f && r < 0xa0 || strings.ContainsRune("\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069", r)
}

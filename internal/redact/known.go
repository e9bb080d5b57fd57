package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// leastKnown is the fewest bytes of a secret that is looked for, in any form of it.
const leastKnown = 8

// Private

// known finds secrets that it was told.
type known struct {
	forms    []string
	replacer *strings.Replacer
}

func newKnown(secrets []string) *known {
	var forms []string
	for _, secret := range secrets {
		if len(secret) >= leastKnown {
			forms = append(forms, formsOf(secret)...)
		}
	}
	// The longest first, so that of one form that holds another nothing stays.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, Mask)
	}
	return &known{forms: forms, replacer: strings.NewReplacer(pairs...)}
}

func (k *known) hide(text string) string {
	for _, form := range k.forms {
		if strings.Contains(text, form) {
			return k.replacer.Replace(text)
		}
	}
	return text
}

// formsOf lists how a secret may be written, each form once.
func formsOf(secret string) []string {
	lower := hex.EncodeToString([]byte(secret))
	forms := []string{
		secret, lower, strings.ToUpper(lower),
		url.QueryEscape(secret), url.PathEscape(secret), escapeAll(secret, true), escapeAll(secret, false),
	}
	for _, quoted := range []string{strconv.Quote(secret), strconv.QuoteToASCII(secret), inJSON(secret, true), inJSON(secret, false)} {
		forms = append(forms, quoted[1:len(quoted)-1])
	}
	forms = append(forms, inBase64(secret, base64.RawStdEncoding)...)
	forms = append(forms, inBase64(secret, base64.RawURLEncoding)...)
	slices.Sort(forms)
	return slices.DeleteFunc(slices.Compact(forms), func(form string) bool { return len(form) < leastKnown })
}

// inBase64 lists what base64 makes of a secret wherever it stands among other bytes:
// three shapes, each without the characters that depend on its neighbours.
func inBase64(secret string, encoding *base64.Encoding) []string {
	var shapes []string
	for before := range 3 {
		encoded := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + secret))
		first := (before*8 + 5) / 6
		last := (before + len(secret)) * 8 / 6
		shapes = append(shapes, encoded[first:last])
	}
	return shapes
}

func inJSON(text string, html bool) string {
	var encoded strings.Builder
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(html)
	_ = encoder.Encode(text) // a text and a Builder never fail
	return strings.TrimSuffix(encoded.String(), "\n")
}

// escapeAll escapes what an address cannot hold, as browsers do in lower case or
// upper, and no more.
func escapeAll(text string, upper bool) string {
	escaped := strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	if upper {
		return escaped
	}
	return lowerEscapes(escaped)
}

// lowerEscapes writes the digits of percent escapes in lower case.
func lowerEscapes(text string) string {
	parts := strings.Split(text, "%")
	for i := range parts[1:] {
		if part := parts[i+1]; len(part) >= 2 {
			parts[i+1] = strings.ToLower(part[:2]) + part[2:]
		}
	}
	return strings.Join(parts, "%")
}

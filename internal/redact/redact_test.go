package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/redact"
)

// configured is a secret of an operator with everything that gets escaped.
const configured = `p&ss "wörd"/+<=>\ 7f3a`

func TestAKnownSecretIsFoundInEveryForm(t *testing.T) {
	redactor := redact.New(configured)
	for name, form := range map[string]string{
		"as it is":                   configured,
		"in hex":                     hex.EncodeToString([]byte(configured)),
		"in capital hex":             strings.ToUpper(hex.EncodeToString([]byte(configured))),
		"in base64":                  base64.StdEncoding.EncodeToString([]byte(configured)),
		"in base64 for addresses":    base64.RawURLEncoding.EncodeToString([]byte(configured)),
		"in base64 among others":     base64.StdEncoding.EncodeToString([]byte("name:" + configured + "!")),
		"in a query":                 url.QueryEscape(configured),
		"in a path":                  url.PathEscape(configured),
		"quoted":                     fmt.Sprintf("%q", configured),
		"quoted in ASCII":            fmt.Sprintf("%+q", configured),
		"in JSON":                    `"p\u0026ss \"wörd\"/+\u003c=\u003e\\ 7f3a"`,
		"in JSON that is not a page": `"p&ss \"wörd\"/+<=>\\ 7f3a"`,
	} {
		if got := redactor.Text("before " + form + " after"); !strings.Contains(got, redact.Mask) || len(got) > len("before after")+30 {
			t.Errorf("%s it stays: %s", name, got)
		}
	}
}

func TestWhatLooksLikeASecretIsHidden(t *testing.T) {
	random := "ABCDEFGHIJKLMNOPQRSTUVWXY7"
	pem := "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----"
	hidden := redact.Mask
	for _, test := range []struct{ name, text, want string }{
		{"an API token", "token dictumal_" + random + " is revoked", "token " + hidden + " is revoked"},
		{"an API token with its id", "dictumal_01JABC.x_y-z", hidden},
		{"an API token in base64", base64.StdEncoding.EncodeToString([]byte("dictumal_" + random)), hidden},
		{"an API token in base64 among others", "x" + base64.StdEncoding.EncodeToString([]byte(":dictumal_"+random)), "xOm" + hidden},
		{"an API token in hex", hex.EncodeToString([]byte("dictumal_" + random)), hidden},
		{"a session's cookie", "dictumal=" + random + "." + random, "dictumal=" + hidden + "." + hidden},
		{"a bearer", "Authorization is Bearer abcdefgh.ijk", "Authorization is Bearer " + hidden},
		{"headers", "Cookie: a=b; c=d\r\nHost: x", "Cookie: " + hidden + "\r\nHost: x"},
		{"a token of DigitalOcean's", "dop_v1_00ff and doo_v1_11 and dor_v1_22", hidden + " and " + hidden + " and " + hidden},
		{"a private key", "key " + pem + " end", "key " + hidden + " end"},
		{"a private key on one line", "key " + strings.ReplaceAll(pem, "\n", `\n`), "key " + hidden},
		{"a private key that was cut", "key " + pem[:60], "key " + hidden},
		{"a launch code", "https://x/desktop/1#code=abc", "https://x/desktop/1#code=" + hidden},
		{"an OAuth answer", "GET /cb?code=4%2F0Ab&state=xyz&scope=a", "GET /cb?code=" + hidden + "&state=" + hidden + "&scope=a"},
		{"an OAuth answer inside an address", "/sign-in?next=%2Fcb%3Fcode%3D4abc", "/sign-in?next=%2Fcb%3Fcode%3D" + hidden},
		{"a Guacamole login", "https://x/guacamole/#/?data=DosX%2B%3D", "https://x/guacamole/#/?data=" + hidden},
		{"a form", "code=abc&code_verifier=def", "code=" + hidden + "&code_verifier=" + hidden},
		{"a token answer", `{"access_token": "ya\"29", "expires_in": 3}`, `{"access_token": "` + hidden + `", "expires_in": 3}`},
		{"a token answer in quotes", `"{\"id_token\":\"e.y\",\"n\":1}"`, `"{\"id_token\":\"` + hidden + `\",\"n\":1}"`},
		{"a signed token", "bad eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", "bad " + hidden + " here"},
		{"a password in an address", "postgres://me:pw@db/x", "postgres://" + hidden + "@db/x"},
		{"an environment", `AUTH_SECRET="a b" AUTH_GOOGLE_SECRET=c DIGITALOCEAN_API_TOKEN: d`, "AUTH_SECRET=" + hidden + " AUTH_GOOGLE_SECRET=" + hidden + " DIGITALOCEAN_API_TOKEN: " + hidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := redact.New().Text(test.text); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	for _, text := range []string{
		"", "It failed.", "dictumal-abcdefgh-01k9x3v7q8n2m4p6r5s7t9w0yz", "01K9X3V7Q8N2M4P6R5S7T9W0YZ",
		"DELETE https://api.digitalocean.com/v2/droplets/3: 404 (request 9c)", "exit code=1", `{"code":"not-found"}`,
		"dictumal_deployments was collected before", "AUTH_URL=https://x DICTUMAL_TLS_KEY_FILE=/etc/k",
		"a bearer token is missing", "goroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1d", "Grüße, 你好 — …",
	} {
		if got := redact.New("short", "a long secret").Text(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// word is a text with a type of its own, as statuses are.
type word string

func TestAWordWithATypeOfItsOwnIsQuotedOnce(t *testing.T) {
	var out bytes.Buffer
	redact.Logger(slog.New(slog.NewTextHandler(&out, nil))).Info("moved", "from", word("ACTIVE"))
	if !strings.Contains(out.String(), "from=ACTIVE") {
		t.Errorf("the log says %s", out.String())
	}
}

func TestNoPlaceInARecordKeepsASecret(t *testing.T) {
	type inner struct{ Key []byte }
	for name, write := range map[string]func(*slog.Logger){
		"the message":           func(l *slog.Logger) { l.Info("with " + configured) },
		"a text":                func(l *slog.Logger) { l.Info("m", "a", configured) },
		"a group":               func(l *slog.Logger) { l.Info("m", slog.Group("g", slog.Group("h", "a", configured))) },
		"an error":              func(l *slog.Logger) { l.Info("m", "error", fmt.Errorf("it said %w", errors.New(configured))) },
		"bytes":                 func(l *slog.Logger) { l.Info("m", "a", []byte(configured)) },
		"bytes deep inside":     func(l *slog.Logger) { l.Info("m", "a", map[string]any{"x": []any{&inner{[]byte(configured)}}}) },
		"a value for logs":      func(l *slog.Logger) { l.Info("m", "a", teller{}) },
		"what is kept":          func(l *slog.Logger) { l.With("a", configured).Info("m") },
		"what is kept, grouped": func(l *slog.Logger) { l.WithGroup("g").With("a", teller{}).Info("m") },
		"what is named so":      func(l *slog.Logger) { l.Info("m", "Password", 4711) },
		"an address": func(l *slog.Logger) {
			l.Info("m", "url", &url.URL{Path: "/x", RawQuery: "q=" + url.QueryEscape(configured)})
		},
		"what a panic came with": func(l *slog.Logger) { l.Info("m", "panic", any(configured)) },
	} {
		for kind, make := range handlers {
			var written bytes.Buffer
			write(redact.Logger(slog.New(make(&written)), configured))
			if text := written.String(); !strings.Contains(text, redact.Mask) || strings.Contains(text, "7f3a") || strings.Contains(text, "4711") {
				t.Errorf("%s as %s: %s", name, kind, text)
			}
		}
	}
}

func TestALoggerIsGivenMoreSecretsLater(t *testing.T) {
	var written bytes.Buffer
	first := redact.Logger(slog.New(slog.NewTextHandler(&written, nil)), "the first secret")
	second := redact.Logger(first, "the second secret")
	second.Info("the first secret, the second secret")
	if want := `msg="[redacted], [redacted]"` + "\n"; !strings.HasSuffix(written.String(), want) {
		t.Errorf("written %q, want %q at its end", written.String(), want)
	}
}

func TestNothingFromOutsideMakesALineOrAColour(t *testing.T) {
	evil := "x\r\n2026 level=ERROR msg=forged\x1b[2J\u009b31m\u202eflip\u2028\x7f\xff\x00"
	for kind, make := range handlers {
		var written bytes.Buffer
		log := redact.Logger(slog.New(make(&written)))
		log.Info(evil, "a", evil, "error", errors.New(evil))
		text := strings.TrimSuffix(written.String(), "\n")
		for _, r := range text {
			if r < ' ' || r >= 0x7f {
				t.Errorf("%s has the character %U in its line: %s", kind, r, text)
			}
		}
	}
}

func TestABrokenValueDoesNotEndTheProgram(t *testing.T) {
	var written bytes.Buffer
	var nobody *breaker
	redact.Logger(slog.New(slog.NewTextHandler(&written, nil))).Info("m", "a", nobody, "b", func() {}, "c", nil)
	if want := `a="[*redact_test.breaker that cannot be written]" b="[func() that cannot be written]" c=null` + "\n"; !strings.HasSuffix(written.String(), want) {
		t.Errorf("written %q, want %q at its end", written.String(), want)
	}
}

func BenchmarkLine(b *testing.B) {
	var nowhere bytes.Buffer // a discarding writer would pass for no log at all
	bare := slog.New(slog.NewTextHandler(&nowhere, nil))
	secrets := []string{configured, strings.Repeat("s3cr3t", 8), "dop_v1_" + strings.Repeat("0f", 32), strings.Repeat("GOCSPX", 5)}
	for name, log := range map[string]*slog.Logger{"bare": bare, "redacted": redact.Logger(bare, secrets...)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			err := fmt.Errorf("look at a machine: %w", errors.New("DigitalOcean answered 503: Service Unavailable (request 4f1c)"))
			for b.Loop() {
				nowhere.Reset()
				log.Warn("A step failed and will be repeated.", "deployment", "01K9X3V7Q8N2M4P6R5S7T9W0YZ", "status", "CONFIGURING", "error", err, "retry_in", time.Second)
			}
		})
	}
}

// Private

var handlers = map[string]func(io.Writer) slog.Handler{
	"text": func(to io.Writer) slog.Handler { return slog.NewTextHandler(to, nil) },
	"JSON": func(to io.Writer) slog.Handler { return slog.NewJSONHandler(to, nil) },
}

// teller gives logs what it should not.
type teller struct{}

func (teller) LogValue() slog.Value { return slog.GroupValue(slog.String("a", configured)) }

type breaker struct{ text string }

func (b *breaker) Error() string { return b.text }

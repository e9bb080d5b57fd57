package crash_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// TestNothingThatIsToldHoldsASecret brings desktops through their lives, with faults
// and refusals, and looks for every secret of theirs, plain and encoded, in all that the
// real program has said at its most talkative and in its metrics.
func TestNothingThatIsToldHoldsASecret(t *testing.T) {
	path := build(t)
	for _, test := range []struct {
		name    string
		stream  dictumal.Stream
		failing bool
	}{
		{"of a desktop through this server", dictumal.Native, false},
		{"of a desktop of its own", dictumal.Guacamole, false},
		{"of a desktop that fails", dictumal.Guacamole, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			// With what has to be escaped in JSON, in a URL and in HTML.
			key := `AUTH "canary" <of>\the/tests>&+ä-` + rand.Text()
			l := &life{stream: test.stream, installation: install(t, path,
				"AUTH_SECRET="+key, "DICTUMAL_LOG_FORMAT=json", "DICTUMAL_LOG_LEVEL=debug", "DICTUMAL_ERROR_KEEP=1h")}
			l.machines.failing = test.failing
			l.ocean.Fail("POST /v2/droplets", oceantest.Status(http.StatusInternalServerError), oceantest.DropAfterEffect())
			l.ocean.Fail("GET /v2/droplets", oceantest.Status(http.StatusBadGateway))
			hidden := secrets{"the token of the account": []byte(token), "AUTH_SECRET": []byte(key)}
			l.start()
			l.order()
			if test.failing {
				l.await(dictumal.Errored)
			} else {
				l.await(dictumal.Active)
			}
			hidden.learn(l, key)
			hidden.visit(l)
			hidden.seek(t, "the metrics", l.metrics())
			l.ocean.Fail("DELETE /v2/droplets/{id}", oceantest.Refuse(http.StatusForbidden, "not now"))
			l.destroy()
			metrics := l.metrics()
			if !strings.Contains(metrics, `dictumal_transitions_total{from="DESTROYING",to="DESTROYED"} 1`) {
				t.Errorf("the metrics do not tell of the end:\n%s", metrics)
			}
			hidden.seek(t, "the metrics", metrics)
			hidden.seek(t, "the log", l.present().said.String())
			l.judgeLog()
		})
	}
}

func TestASecretIsFoundInWhateverFormItIsTold(t *testing.T) {
	hidden := []byte(`a "secret"/with <marks> & ümlauts`)
	plain := string(hidden)
	quoted, err := json.Marshal(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"plain":              plain,
		"quoted":             fmt.Sprintf("%q", plain),
		"as JSON":            string(quoted),
		"in base64":          base64.StdEncoding.EncodeToString(hidden),
		"inside of base64":   base64.RawURLEncoding.EncodeToString([]byte("x" + plain + "y")),
		"deeper in base64":   base64.StdEncoding.EncodeToString([]byte("ab" + plain + "cd")),
		"in hexadecimal":     hex.EncodeToString(hidden),
		"in HEXADECIMAL":     fmt.Sprintf("%X", hidden),
		"in a query":         url.QueryEscape(plain),
		"in a path":          url.PathEscape(plain),
		"as numbers of Go":   fmt.Sprintf("%d", hidden),
		"as numbers of JSON": strings.ReplaceAll(strings.Trim(fmt.Sprintf("%d", hidden), "[]"), " ", ","),
	} {
		if found := formOf(hidden, "before "+text+" after"); found == "" {
			t.Errorf("a secret %s is not found", name)
		}
	}
	if found := formOf(hidden, "nothing to be seen here"); found != "" {
		t.Errorf("there is none, and one is found %s", found)
	}
}

// Private

// judgeLog wants each line of the log whole, and what it tells under the same keys
// everywhere.
func (l *life) judgeLog() {
	l.Helper()
	lines, of := 0, 0
	for line := range strings.Lines(l.present().said.String()) {
		if !strings.HasPrefix(line, "{") {
			continue // of the points
		}
		lines++
		var told struct{ Time, Level, Msg, Deployment, Path, Error, Cause string }
		if err := json.Unmarshal([]byte(line), &told); err != nil || told.Time == "" || told.Level == "" || told.Msg == "" {
			l.Errorf("the line %s is not whole: %v", line, err)
		}
		if strings.Contains(line, l.desk.ID) {
			of++
			if told.Deployment != l.desk.ID && !strings.Contains(told.Error, l.desk.ID) {
				l.Errorf("the line %s does not say under deployment whose it is", line)
			}
		}
	}
	if lines == 0 || of == 0 {
		l.Errorf("%d lines, of which %d are the desktop's", lines, of)
	}
}

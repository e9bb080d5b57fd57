package digitalocean

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal"
)

// FuzzDroplets is a DigitalOcean that answers anything: nothing breaks, no machine of
// another installation is taken for ours, and none that is listed is overlooked.
func FuzzDroplets(f *testing.F) {
	const ours = `"dictumal-here-01k9x3v7q8n2m4p6r5s7t9w0yz"`
	droplet := func(id, name, rest string) string {
		return `{"id":` + id + `,"name":` + name + `,"status":"active","size_slug":"s-1vcpu-2gb","created_at":"2026-11-22T04:27:52Z"` + rest + `}`
	}
	networks := `,"networks":{"v4":[{"ip_address":"203.0.113.7","type":"public"},{"ip_address":"10.0.0.2","type":"private"}]}`
	for _, body := range []string{
		`{"droplets":[` + droplet("7", ours, networks) + `],"links":{},"meta":{"total":1}}`,
		`{"droplets":[` + droplet("7", `"dictumal-there-01k9x3v7q8n2m4p6r5s7t9w0yz"`, `,"tags":["dictumal-here"]`) + `]}`,
		`{"droplets":[` + droplet("7", `"dictumal-here-01K9X3V7Q8N2M4P6R5S7T9W0YZ"`, ``) + `,` + droplet("8", `"dictumal-here-../../../../../../../../x"`, ``) + `]}`,
		`{"droplets":[` + droplet("7", `"dictumal-here-`+strings.Repeat("é", 13)+`"`, ``) + `,` + droplet("7", ours, ``) + `]}`,
		`{"droplets":[` + droplet("-1", ours, ``) + `,` + droplet("0", ours, ``) + `,` + droplet("9007199254740993", ours, ``) + `]}`,
		`{"droplets":[{"id":7,"name":` + ours + `,"networks":{"v4":[{"ip_address":"169.254.169.254","type":"public"}]}}]}`,
		`{"droplets":[{"id":7,"name":` + ours + `,"networks":{"v4":[{"ip_address":"x:22\n","type":"public"}]},"created_at":"yesterday"}]}`,
		`{"droplets":null,"links":{"pages":{"next":"https://169.254.169.254/v2/droplets?page=2","last":"x"}}}`, `{"droplets":[null]}`, `{"droplet":null}`, `{"droplet":` + droplet("7", ours, networks) + `}`,
		`{"droplet":` + droplet("8", ours, ``) + `}`, `[]`, ``, `<html>`, `{"id":"not_found","message":"\u001b[2J"}`, strings.Repeat(`{"droplets":[`, 999),
	} {
		f.Add([]byte(body), 200)
	}
	f.Add([]byte(`{"id":"too_many_requests","message":"slow down dop_v1_secret"}`), 429)
	f.Add([]byte(`{"message":"`+token+`\r\nforged"}`), 500)
	f.Add([]byte(`gone`), 404)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		if status < 200 || status > 599 {
			status = http.StatusOK
		}
		p := New(Config{Token: token, Installation: "here", Transport: same{status, body}})
		read, err := p.droplets(t.Context())
		checkWords(t, err)
		for _, m := range read.machines {
			checkMachine(t, m)
		}
		var whole struct{ Droplets []godo.Droplet }
		if err == nil && json.Unmarshal(body, &whole) == nil {
			for _, d := range whole.Droplets {
				if _, ok := read.byID[strconv.Itoa(d.ID)]; !ok && isOurs(d.Name) {
					t.Errorf("%q is overlooked", d.Name)
				}
			}
		}
		one, err := p.droplet(t.Context(), "7")
		checkWords(t, err)
		if err == nil && one.ID != "7" {
			t.Errorf("asked for 7, it is %+v", one)
		}
	})
}

// Private

// same is an account that gives the same answer to every call.
type same struct {
	status int
	body   []byte
}

func (s same) RoundTrip(request *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: s.status, Status: http.StatusText(s.status), Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(s.body)), ContentLength: int64(len(s.body)), Request: request,
	}, nil
}

// isOurs is what this program calls its machines, and nothing else.
func isOurs(name string) bool {
	attempt, ok := strings.CutPrefix(name, "dictumal-here-")
	return ok && len(attempt) == 26 && !strings.ContainsFunc(attempt, func(r rune) bool {
		return !strings.ContainsRune("0123456789abcdefghjkmnpqrstvwxyz", r)
	})
}

func checkMachine(t *testing.T, m dictumal.Machine) {
	t.Helper()
	id, err := strconv.Atoi(m.ID)
	if !isOurs(m.Name) || err != nil || id < 1 {
		t.Errorf("%+v is taken for ours", m)
	}
	if ip, err := netip.ParseAddr(m.IP); m.IP != "" && (err != nil || ip.IsLinkLocalUnicast()) {
		t.Errorf("%q is no address", m.IP)
	}
	if !slices.Contains([]dictumal.Power{dictumal.PowerActive, dictumal.PowerOff, dictumal.PowerNew}, m.Power) || m.CreatedAt.After(time.Now().AddDate(9999, 0, 0)) {
		t.Errorf("it is %+v", m)
	}
}

// checkWords wants no secret and no second line in what may be shown or logged.
func checkWords(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if strings.Contains(err.Error(), token) {
		t.Errorf("it tells the token: %v", err)
	}
	if refusal, ok := errors.AsType[*dictumal.Refusal](err); ok && (strings.ContainsAny(refusal.Message, "\r\n\x1b") || len(refusal.Message) > 4*maxWords+200) {
		t.Errorf("it says %q", refusal.Message)
	}
}

package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/examples"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/web"
)

const origin = "https://desktops.example.org"

// house is a whole server behind TLS, with everything but machines behind it.
type house struct {
	*Server
	t       *testing.T
	rows    *store.Store
	codes   *auth.Auth
	control *control.Control
	now     time.Time // as sessions see it
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, now: time.Now()}
	var err error
	h.rows, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "dictumal.db"))
	h.must(err)
	t.Cleanup(func() { h.must(h.rows.Close()) })
	log := slog.New(slog.DiscardHandler)
	errors := &problem.Answerer{Log: log}
	h.codes = auth.New(auth.Options{Store: h.rows, Secure: true, Fail: errors.Answer, Now: func() time.Time { return h.now }})
	h.control = control.New(control.Options{
		Store: h.rows, Provider: providertest.NewMemory("test0000", providertest.Behaviour{}), Codes: h.codes, Wake: func() {},
		Stream: dictumal.Native, PerUser: 3, Total: 10, MaxTTL: 24 * time.Hour, Sealer: secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength))),
	})
	address, err := url.Parse(origin)
	h.must(err)
	pages := web.New(web.Options{Control: h.control, Auth: h.codes, Examples: examples.Files, Keep: time.Hour, Host: address.Host, Log: log})
	errors.Page = pages.Fail
	dialer := machine.NewDialer(log)
	h.Server, err = New(t.Context(), Options{
		URL: address, Socket: filepath.Join(t.TempDir(), "control.sock"), Control: h.control, Auth: h.codes, Gateway: gateway.New(dialer, log),
		API: api.New(api.Options{Control: h.control, Auth: h.codes, Principal: auth.FromContext, Errors: errors, Log: log}),
		Web: pages, Metrics: http.NotFoundHandler(), Fail: errors.Answer, Ready: func(context.Context) error { return nil }, Log: log,
	})
	h.must(err)
	t.Cleanup(func() {
		h.must(h.Shutdown(context.WithoutCancel(t.Context())))
		h.must(h.Close())
		h.must(dialer.Close())
	})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// ask sends a request as a browser on the right page would.
func (h *house) ask(method, path, cookie, body string, header ...string) *httptest.ResponseRecorder {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, origin+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.public.Handler.ServeHTTP(w, r)
	return w
}

// signIn gives the cookie of somebody's new session.
func (h *house) signIn(email string) (cookie string) {
	h.t.Helper()
	user, err := h.codes.User(h.t.Context(), email)
	h.must(err)
	code, err := h.codes.SignInCode(h.t.Context(), dictumal.Principal{User: user})
	h.must(err)
	answer := h.ask(http.MethodPost, "/sign-in", "", url.Values{"code": {code}}.Encode())
	for _, set := range cookies(answer) {
		if set.Name == h.codes.CookieName() {
			return set.Name + "=" + set.Value
		}
	}
	h.t.Fatalf("signing in answered %d and no session", answer.Code)
	return ""
}

// desktop gives the id of somebody's desktop that is ACTIVE.
func (h *house) desktop(email string) string {
	h.t.Helper()
	user, err := h.codes.User(h.t.Context(), email)
	h.must(err)
	owner := dictumal.Principal{User: user, Session: "test"}
	law, err := h.control.CreateConstitution(h.t.Context(), owner, "# Bench\n")
	h.must(err)
	made, _, err := h.control.Deploy(h.t.Context(), owner, control.DeployRequest{ConstitutionID: law.ID})
	h.must(err)
	row, ok, err := h.rows.Claim(h.t.Context(), "test", time.Minute)
	h.must(err)
	if !ok {
		h.t.Fatal("no row is due")
	}
	key, err := machine.NewKeyPair()
	h.must(err)
	row.Status, row.IP, row.HostPublic = dictumal.Active, "127.0.0.1", key.AuthorizedLine
	h.must(h.rows.Save(h.t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}))
	return made.ID
}

func cookies(answer *httptest.ResponseRecorder) []*http.Cookie {
	return (&http.Response{Header: answer.Header()}).Cookies()
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

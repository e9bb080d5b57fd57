package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/examples"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/web"
)

const rule = "==============================================================================\n"

// world is pages and API over a real database, with machines in memory. Nobody
// works on rows but the test, so that it sees every state.
type world struct {
	*testing.T
	*httptest.Server
	store    *store.Store
	auth     *auth.Auth
	pages    *web.Web
	provider *providertest.Memory
	health   atomic.Pointer[dictumal.Health] // nil: the provider is doing well
	later    atomic.Int64                    // how much later it is to those who ask who asks
	deaf     atomic.Bool                     // no stream of events comes through
	late     atomic.Pointer[chan struct{}]   // streams of events begin when it is closed
	viewer   http.HandlerFunc                // shows a desktop; nil: there is none to be seen
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOf(t, dictumal.Native, "", nil)
}

// newWorldOf has another default stream, a gateway host and a catalog of its own;
// nil leaves the provider's.
func newWorldOf(t *testing.T, stream dictumal.Stream, gatewayHost string, catalog *dictumal.Catalog) *world {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, store: s, provider: providertest.NewMemory("test0000", providertest.Behaviour{})}
	log := slog.New(slog.DiscardHandler)
	errors := &problem.Answerer{Log: log}
	w.auth = auth.New(auth.Options{Store: s, Fail: errors.Answer, Revoked: gateway.EndRevoked.Err(), Now: func() time.Time { return time.Now().Add(time.Duration(w.later.Load())) }})
	c := control.New(control.Options{
		Store: s, Provider: shop{w.provider, catalog, &w.health}, Codes: w.auth, Wake: func() {}, Stream: stream, PerUser: 3, Total: 10, MaxTTL: 24 * time.Hour,
		GatewayHost: dictumal.GatewayHost(gatewayHost),
		Sealer:      secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength))),
	})
	pages := web.New(web.Options{Control: c, Auth: w.auth, GatewayHost: gatewayHost, Keep: time.Hour, Examples: examples.Files, Licenses: licensed, Log: log})
	errors.Page, w.pages = pages.Fail, pages
	mux := http.NewServeMux()
	pages.Routes(mux)
	mux.HandleFunc("GET /desktop/{id}/ws", func(rw http.ResponseWriter, r *http.Request) { w.viewer(rw, r) })
	api.New(api.Options{Control: c, Auth: w.auth, Principal: auth.FromContext, Errors: errors, Log: log}).Routes(mux)
	w.Server = httptest.NewServer(w.withoutStreams(w.auth.Middleware(mux)))
	t.Cleanup(func() {
		w.CloseClientConnections() // streams of events never end by themselves
		w.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// shop is a provider that offers something else.
type shop struct {
	*providertest.Memory
	catalog *dictumal.Catalog
	health  *atomic.Pointer[dictumal.Health]
}

func (s shop) Health() dictumal.Health {
	if health := s.health.Load(); health != nil {
		return *health
	}
	return dictumal.Health{OK: true}
}

func (s shop) Catalog(ctx context.Context) (dictumal.Catalog, error) {
	if s.catalog != nil {
		return *s.catalog, nil
	}
	return s.Memory.Catalog(ctx)
}

// signInCode is what the server would print for somebody.
func (w *world) signInCode(email string) string {
	w.Helper()
	user, err := w.auth.User(w.Context(), email)
	w.must(err)
	code, err := w.auth.SignInCode(w.Context(), dictumal.Principal{User: user})
	w.must(err)
	return code
}

// work changes a deployment as the worker would.
func (w *world) work(change func(*store.Row), entries ...store.Entry) {
	w.Helper()
	row, ok, err := w.store.Claim(w.Context(), "test", time.Minute)
	w.must(err)
	if !ok {
		w.Fatal("no row is due")
	}
	change(&row)
	w.must(w.store.Save(w.Context(), row, store.Outcome{Entries: entries, Wake: time.Now()}))
}

// reach moves the one deployment that is due to a stage.
func (w *world) reach(status dictumal.Status, stage dictumal.Stage) {
	w.Helper()
	w.work(func(row *store.Row) {
		row.Status, row.Progress.Stage, row.IP = status, stage, "10.0.0.7"
	},
		store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: status, Text: "It is " + string(status) + " now."}},
		store.Entry{Event: dictumal.Event{Kind: dictumal.EventProgress, Stage: stage}})
}

// boot writes a piece of boot log.
func (w *world) boot(offset int64, text string) {
	w.Helper()
	w.work(func(*store.Row) {}, store.Entry{Event: dictumal.Event{Kind: dictumal.EventLog, Text: text}, LogOffset: offset})
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// person is a browser without scripts.
type person struct {
	*testing.T
	base   string
	client *http.Client
}

func (w *world) stranger() *person {
	w.Helper()
	jar, err := cookiejar.New(nil)
	w.must(err)
	return &person{T: w.T, base: w.URL, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// person signs somebody in.
func (w *world) person(email string) *person {
	w.Helper()
	p := w.stranger()
	if got := p.post("/sign-in", url.Values{"code": {w.signInCode(email)}}); got.status != http.StatusSeeOther {
		w.Fatalf("signing in answered %d: %s", got.status, got.body)
	}
	return p
}

// answer is what came back.
type answer struct {
	status   int
	location string
	header   http.Header
	body     string
}

func (p *person) get(path string) answer {
	p.Helper()
	return p.send(http.MethodGet, path, nil)
}

func (p *person) post(path string, form url.Values) answer {
	p.Helper()
	return p.send(http.MethodPost, path, strings.NewReader(form.Encode()))
}

func (p *person) send(method, path string, body io.Reader) answer {
	p.Helper()
	request, err := http.NewRequestWithContext(p.Context(), method, p.base+path, body)
	if err != nil {
		p.Fatal(err)
	}
	request.Header.Set("Accept", "text/html")
	if body != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := p.client.Do(request)
	if err != nil {
		p.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end
	text, err := io.ReadAll(response.Body)
	if err != nil {
		p.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Location"), response.Header, string(text)}
}

// made posts a document and returns its constitution's path.
func (p *person) made(document string) string {
	p.Helper()
	got := p.post("/constitutions", url.Values{"document": {document}})
	if got.status != http.StatusSeeOther {
		p.Fatalf("creating answered %d: %s", got.status, got.body)
	}
	return got.location
}

// deployed deploys a constitution with the form that the page holds, and returns
// the instance's path.
func (p *person) deployed(constitution string) string {
	p.Helper()
	got := p.post(constitution+"/deploy", p.form(constitution+"/deploy"))
	if got.status != http.StatusSeeOther {
		p.Fatalf("deploying answered %d: %s", got.status, got.body)
	}
	return got.location
}

func licensed() string {
	return "Two works.\n\n" + rule + "noVNC\n" + rule + "\nMozilla Public License\n\n" + rule + "Dictumal\n" + rule + "\nApache License\n"
}

package server

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/examples"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/auth/oidc"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/gateway/rfb"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/web"
)

// replicas are whole servers on one PostgreSQL database, as one address to browsers.
type replicas struct {
	t        *testing.T
	database string
	url      *url.URL
	host     *machinetest.Host // every desktop's; nil: there are none
	issuer   *oidc.Options     // by which people sign in; nil: none
	deaf     bool              // they hear nothing of each other
	all      []*replica
}

// replica is one of them.
type replica struct {
	*Server
	rows    *store.Store
	people  *auth.Auth
	control *control.Control
	address string
}

// newReplicas starts two.
func newReplicas(t *testing.T, prepare func(*replicas)) *replicas {
	t.Helper()
	r := &replicas{t: t, database: postgrestest.Database(t), url: &url.URL{Scheme: "http", Host: "desktops.example.org"}}
	prepare(r)
	for range 2 {
		r.all = append(r.all, r.start())
	}
	return r
}

func (r *replicas) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// start starts one more.
func (r *replicas) start() *replica {
	r.t.Helper()
	t, log := r.t, slog.New(slog.DiscardHandler)
	rows, err := store.Open(t.Context(), r.database)
	r.must(err)
	answers := &problem.Answerer{Log: log}
	one := &replica{rows: rows}
	one.people = auth.New(auth.Options{Store: rows, Fail: answers.Answer, Revoked: gateway.EndRevoked.Err(), Providers: r.providers(), People: auth.People{Allow: []string{"*"}}})
	dialer := machine.NewDialer(log, machine.WithAddresses(r.find))
	streams := gateway.New(dialer, log)
	one.control = control.New(control.Options{
		Store: rows, Provider: providertest.NewMemory("test0000", providertest.Behaviour{}), Codes: one.people, Wake: func() {},
		Stream: dictumal.Native, PerUser: 99, Total: 99, MaxTTL: 24 * time.Hour, Sealer: sealer(),
		Close: func(deployment string) { streams.End(deployment, gateway.EndDestroyed) },
		Cut: func(grant string, changed bool) {
			why := map[bool]gateway.Ending{false: gateway.EndRevoked, true: gateway.EndChanged}
			streams.EndGrant(grant, why[changed])
		},
		Streams: func() (open []control.Stream) {
			for _, v := range streams.Open() {
				open = append(open, control.Stream{Deployment: v.Target.Deployment, Grant: v.Grant})
			}
			return open
		},
	})
	pages := web.New(web.Options{Control: one.control, Auth: one.people, Examples: examples.Files, Keep: time.Hour, Host: r.url.Host, Log: log})
	answers.Page = pages.Fail
	one.Server, err = New(t.Context(), Options{
		URL: r.url, Socket: filepath.Join(t.TempDir(), "control.sock"), Control: one.control, Auth: one.people, Gateway: streams,
		API: api.New(api.Options{Control: one.control, Auth: one.people, Principal: auth.FromContext, Errors: answers, Log: log}),
		Web: pages, Metrics: http.NotFoundHandler(), Fail: answers.Answer, Ready: rows.Ping, Log: log,
	})
	r.must(err)
	r.run(one, dialer)
	return one
}

// run has a replica do all that it does beside its work, until the test ends.
func (r *replicas) run(one *replica, dialer *machine.Dialer) {
	r.t.Helper()
	listener, err := new(net.ListenConfig).Listen(r.t.Context(), "tcp", "127.0.0.1:0")
	r.must(err)
	one.address = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(context.WithoutCancel(r.t.Context()))
	watches := []func(context.Context) error{one.people.Watch, one.control.Watch, func(context.Context) error { return one.Serve(listener) }}
	if !r.deaf {
		watches = append(watches, one.rows.Listen)
	}
	ended := make(chan error, len(watches))
	for _, watch := range watches {
		go func() { ended <- watch(ctx) }()
	}
	r.t.Cleanup(func() {
		grace, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		err := one.Shutdown(grace)
		stop()
		for range watches {
			err = errors.Join(err, <-ended)
		}
		r.must(errors.Join(err, dialer.Close(), one.rows.Close()))
	})
}

func (r *replicas) providers() []*oidc.Provider {
	if r.issuer == nil {
		return nil
	}
	return []*oidc.Provider{oidc.New(*r.issuer)} // each with a memory of its own
}

// find leads to the one machine there is.
func (r *replicas) find(address string) string {
	if r.host == nil {
		return address
	}
	return r.host.Target.Address
}

func sealer() *secret.Sealer { return secret.NewSealer([]byte(strings.Repeat("k", secret.MinLength))) }

// ask sends a request to a replica as a balancer passes it on.
func (r *replicas) ask(one *replica, method, path, cookie, body string, header ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	request := httptest.NewRequestWithContext(r.t.Context(), method, r.url.String()+path, strings.NewReader(body))
	request.Header.Set("Cookie", cookie)
	if body != "" {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer := httptest.NewRecorder()
	one.public.Handler.ServeHTTP(answer, request)
	return answer
}

// signIn gives the cookie of somebody's new session, which one replica has made.
func (r *replicas) signIn(one *replica, email string) (cookie string) {
	r.t.Helper()
	code, err := one.people.SignInCode(r.t.Context(), dictumal.Principal{User: r.user(email)})
	r.must(err)
	answer := r.ask(one, http.MethodPost, "/sign-in", "", url.Values{"code": {code}}.Encode())
	for _, set := range cookies(answer) {
		if set.Name == one.people.CookieName() {
			return set.Name + "=" + set.Value
		}
	}
	r.t.Fatalf("signing in answered %d and no session", answer.Code)
	return ""
}

func (r *replicas) user(email string) dictumal.User {
	r.t.Helper()
	user, err := r.all[0].people.User(r.t.Context(), email)
	r.must(err)
	return user
}

func (r *replicas) owner(email string) dictumal.Principal {
	return dictumal.Principal{User: r.user(email), Session: "test", SignedInAt: time.Now()}
}

// desktop gives the id of a desktop of somebody's that is ACTIVE on the machine.
func (r *replicas) desktop(one *replica, email string) string {
	r.t.Helper()
	law, err := one.control.CreateConstitution(r.t.Context(), r.owner(email), "# Bench\n")
	r.must(err)
	made, _, err := one.control.Deploy(r.t.Context(), r.owner(email), control.DeployRequest{ConstitutionID: law.ID})
	r.must(err)
	row := r.claim(one, made.ID)
	key, err := sealer().Seal(r.host.Target.ClientKey, row.ClientKeyContext())
	r.must(err)
	row.Status, row.IP, row.HostPublic, row.ClientKey = dictumal.Active, "127.0.0.1", r.host.Target.HostKey, key
	r.must(one.rows.Save(r.t.Context(), row, store.Outcome{Wake: time.Now()}))
	return made.ID
}

// claim claims the row of a deployment, as a worker of the replica does.
func (r *replicas) claim(one *replica, id string) store.Row {
	r.t.Helper()
	for {
		row, ok, err := one.rows.Claim(r.t.Context(), "test", time.Minute)
		if err != nil || !ok {
			r.t.Fatal("no row is due", err)
		}
		if row.ID == id {
			return row
		}
		r.must(one.rows.Save(r.t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}))
	}
}

// machineOf is a machine with a VNC server that draws nothing.
func machineOf(t *testing.T) *machinetest.Host {
	t.Helper()
	host := machinetest.Start(t)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", host.Path(dictumal.VNCSocket))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for conn, err := listener.Accept(); err == nil; conn, err = listener.Accept() {
			go func() { _ = rfb.Accept(conn) }()
		}
	}()
	return host
}

// watch looks at a desktop through a replica, and returns when its stream has begun.
func (r *replicas) watch(one *replica, id, cookie string) *websocket.Conn {
	r.t.Helper()
	socket, answer, err := websocket.Dial(r.t.Context(), one.address+"/desktop/"+id+"/ws", &websocket.DialOptions{
		Host: r.url.Host, HTTPHeader: http.Header{"Cookie": {cookie}, "Origin": {r.url.String()}},
	})
	r.must(err)
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	r.t.Cleanup(func() { _ = socket.CloseNow() })
	if _, greeting, err := socket.Read(r.t.Context()); err != nil || !strings.HasPrefix(string(greeting), "RFB ") {
		r.t.Fatalf("the stream begins with %q, %v", greeting, err)
	}
	return socket
}

// ending waits until a stream ends, and is what its viewer is told.
func ending(t *testing.T, socket *websocket.Conn) gateway.Ending {
	t.Helper()
	for {
		_, _, err := socket.Read(t.Context())
		if closed, ok := errors.AsType[websocket.CloseError](err); ok {
			return gateway.Ending{Code: closed.Code, Reason: closed.Reason}
		}
		if err != nil {
			t.Fatalf("the stream broke off: %v", err)
		}
	}
}

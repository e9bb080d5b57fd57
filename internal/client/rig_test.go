package client_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/audit"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// rig is the real API over real rows and a runner at work; only the machines are
// in memory.
type rig struct {
	*client.Client
	token    *client.Client // the same user over the network
	url      string
	provider *providertest.Memory
}

func start(t *testing.T) *rig {
	t.Helper()
	folder := t.TempDir()
	rows, err := store.Open(t.Context(), filepath.Join(folder, "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	doors := auth.New(auth.Options{Store: rows, Fail: func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) }})
	local, err := doors.LocalUser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	sealer := secret.NewSealer(secret.New())
	provider := providertest.NewMemory("test", providertest.Behaviour{})
	runner := reconcile.New(reconcile.Options{
		Store: rows, Provider: provider, Prober: ready{}, Sealer: sealer, Installation: "test", Log: log,
		UserData: reconcile.Bootstrap{Sealer: sealer}.UserData,
	})
	work(t, runner.Run)
	faces := api.New(api.Options{
		Auth:      doors,
		Principal: auth.FromContext, Errors: &problem.Answerer{Log: log}, Log: log,
		Control: control.New(control.Options{
			Store: rows, Provider: provider, Sealer: sealer, Codes: doors, Wake: runner.Wake,
			Stream: dictumal.Native, PerUser: 3, Total: 10, MaxTTL: 24 * time.Hour, Audit: audit.New(rows, log).Write,
		}),
	})
	r := &rig{provider: provider}
	mux := http.NewServeMux()
	faces.Routes(mux)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"version":"test"}`)) })
	socket := filepath.Join(folder, "control.sock")
	listen(t, socket, local, mux)
	public := httptest.NewServer(doors.Middleware(mux))
	t.Cleanup(public.CloseClientConnections)
	t.Cleanup(public.Close)

	r.Client = client.Local(socket, "http://desktops.example")
	token, _, err := doors.CreateToken(t.Context(), dictumal.Principal{User: local, Token: dictumal.SocketToken}, auth.Wish{})
	if err != nil {
		t.Fatal(err)
	}
	r.url = public.URL
	r.token = r.over(t, token)
	return r
}

// over asks over the network with a token.
func (r *rig) over(t *testing.T, token string) *client.Client {
	t.Helper()
	c, err := client.Remote(r.url+"/", token)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func listen(t *testing.T, socket string, local dictumal.User, mux http.Handler) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	principal := dictumal.Principal{User: local, Token: dictumal.SocketToken, Scopes: dictumal.Scopes()}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		mux.ServeHTTP(w, req.WithContext(auth.WithPrincipal(req.Context(), principal)))
	})}
	work(t, func(context.Context) error { return server.Serve(listener) })
	t.Cleanup(func() { _ = server.Close() })
}

// work runs something beside the test until the test ends.
func work(t *testing.T, run func(context.Context) error) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Log(err) // it was stopped; what matters is what the test saw before
		}
	})
}

// ready is machines on which everything is up; all are native.
type ready struct{ reconcile.Prober }

func (ready) Probe(context.Context, machine.Target) (machine.Report, error) {
	return machine.Report{SSH: true, VNC: true, Greeting: true, Framebuffer: true, Desktop: true, Bootstrap: "done"}, nil
}

func (ready) Log(context.Context, machine.Target, int64, int) ([]byte, error) { return nil, nil }

func (ready) Forget(string) {}

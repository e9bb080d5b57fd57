// Package app puts the program together: New makes everything, Run works until
// its context ends, Close gives everything back. Commands and end-to-end tests
// share it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/audit"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/memory"
	"github.com/dictumal/dictumal/internal/metrics"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/rekey"
	"github.com/dictumal/dictumal/internal/server"
	"github.com/dictumal/dictumal/internal/store"
)

// App is the whole program.
type App struct {
	config   config.Config
	url      *url.URL
	store    *store.Store
	auth     *auth.Auth
	audit    *audit.Log
	local    dictumal.User
	dialer   *machine.Dialer
	runner   *reconcile.Runner
	sweeper  *reconcile.Sweeper
	keys     *rekey.Rekeyer
	clock    *clock
	control  *control.Control
	server   *server.Server
	metrics  *metrics.Metrics
	listener net.Listener
	lock     *os.File
	seams    seams
}

// drainTime is how long viewers and requests get at shutdown.
const drainTime = 10 * time.Second

// New opens the data folder and the listener and puts everything together.
// Nothing works yet, but a browser that connects already waits for its answer.
func New(ctx context.Context, cfg config.Config, version string, log *slog.Logger) (*App, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, dictumal.NewError(dictumal.CodeUnavailable,
			"The data folder "+cfg.DataDir+" cannot be made; check its place and rights, or set DICTUMAL_DATA_DIR.").Wrap(err)
	}
	held, err := lock(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	a := &App{config: cfg, lock: held, seams: newSeams(), metrics: metrics.New()}
	if err := a.listen(ctx); err != nil {
		return nil, errors.Join(err, held.Close())
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	var starting errgroup.Group // of what needs nothing of the other, since somebody waits
	starting.Go(func() error { return a.release(ctx) })
	starting.Go(func() error { return a.assemble(ctx, version, log) })
	if err := starting.Wait(); err != nil {
		a.leaveKeys(ctx)
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// URL is where browsers find the program.
func (a *App) URL() string { return a.url.String() }

// SignInLink makes a link that signs the local user in, once.
func (a *App) SignInLink(ctx context.Context) (string, error) {
	code, err := a.auth.SignInCode(ctx, operator(a.local))
	return a.url.JoinPath("/sign-in").String() + "?code=" + code, err
}

// Run serves and works until the context ends, then lets viewers and steps finish.
func (a *App) Run(ctx context.Context) error {
	defer a.leaveKeys(ctx)
	working, ctx := errgroup.WithContext(ctx)
	public := newFront(a.listener)
	working.Go(func() error { return a.server.Serve(public) })
	working.Go(func() error { return public.then(ctx, a.runner.Run) })
	working.Go(func() error { return public.then(ctx, a.sweeper.Run) })
	working.Go(func() error { return public.then(ctx, a.keys.Run) })
	working.Go(func() error { return memory.Bound(ctx) })
	// Whoever is still here while the server drains must not see more than they may.
	serving, served := context.WithCancel(context.WithoutCancel(ctx))
	a.attend(ctx, serving, working)
	working.Go(func() error { return a.auth.Watch(serving) })
	working.Go(func() error { return a.control.Watch(serving) })
	working.Go(func() error {
		defer served()
		<-ctx.Done()
		return a.drain(serving)
	})
	return working.Wait()
}

// Close gives back what New took. It may be called after Run or instead of it.
func (a *App) Close() error {
	var errs []error
	if err := a.listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		errs = append(errs, err)
	}
	if a.server != nil {
		errs = append(errs, a.server.Close())
	}
	if a.dialer != nil {
		errs = append(errs, a.dialer.Close())
	}
	if a.store != nil {
		errs = append(errs, a.store.Close())
	}
	return errors.Join(append(errs, a.lock.Close())...)
}

// Private

// drain has a load balancer send people elsewhere, and then lets viewers and requests
// finish. The work has ended meanwhile: other replicas take it up at once.
func (a *App) drain(ctx context.Context) error {
	a.server.Leave()
	time.Sleep(a.config.Drain)
	grace, cancel := context.WithTimeout(ctx, drainTime)
	defer cancel()
	return a.server.Shutdown(grace)
}

// operator is the local user as the command line's socket speaks for them.
func operator(user dictumal.User) dictumal.Principal {
	return dictumal.Principal{User: user, Token: dictumal.SocketToken, Scopes: []dictumal.Scope{dictumal.ScopeAdmin}}
}

func (a *App) listen(ctx context.Context) error {
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return dictumal.NewError(dictumal.CodeUnavailable, fmt.Sprintf("Nothing can be served on %s: %s. "+
			"Stop the program that uses it, or set DICTUMAL_LISTEN to another address.", a.config.Listen, cause(err))).Wrap(err)
	}
	a.listener = listener
	a.url = a.config.URL
	if _, port, _ := net.SplitHostPort(a.config.Listen); port == "0" { // the system chose one
		chosen := *a.config.URL
		chosen.Host = listener.Addr().String()
		a.url = &chosen
	}
	return nil
}

// cause is what the operating system said, without the address twice.
func cause(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err.Error()
	}
	return err.Error()
}

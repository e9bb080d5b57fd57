package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/examples"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/audit"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/licenses"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/metrics"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/reconcile"
	"github.com/dictumal/dictumal/internal/server"
	"github.com/dictumal/dictumal/internal/store"
	"github.com/dictumal/dictumal/internal/web"
)

// Private

// open opens the rows.
func (a *App) open(ctx context.Context) (err error) {
	if a.config.Postgres() {
		return a.openShared(ctx)
	}
	a.store, err = store.Open(ctx, a.config.Database())
	if errors.Is(err, store.ErrNewer) {
		return outdated(err)
	}
	if err != nil {
		return dictumal.NewError(dictumal.CodeUnavailable, "The database "+a.config.Database()+
			" cannot be opened; check that the disk has room and that this user may write there.").Wrap(err)
	}
	return refuseMoved(ctx, a.store)
}

// release takes back what was claimed. The lock on the data folder says that nobody
// else works on these rows: whoever claimed some has ended without giving them back.
func (a *App) release(ctx context.Context) error {
	if a.config.Postgres() {
		return nil
	}
	return a.store.Release(ctx)
}

// assemble makes the parts and hands each what it works with.
func (a *App) assemble(ctx context.Context, version string, log *slog.Logger) error {
	log, err := a.openKeys(ctx, log)
	if err != nil {
		return err
	}
	a.audit = audit.New(a.store, log)
	a.clock = &clock{ahead: a.store.Skew, log: log}
	installation, err := a.store.Setting(ctx, "installation", strings.ToLower(rand.Text()[:8]))
	if err != nil {
		return err
	}
	provider := a.provider(installation)
	if err := errors.Join(a.refuseOrphans(ctx, provider), a.refuseOtherIncus(ctx)); err != nil {
		return err
	}
	sealer := a.keys.Sealer
	authority, err := a.authority(ctx)
	if err != nil {
		return err
	}
	a.dialer = machine.NewDialer(log, a.seams.dialer()...)
	a.work(reconcile.Options{
		Provider: provider, Sealer: sealer, Installation: installation, Authority: authority, GatewayHost: a.config.GatewayHost, Log: log,
		Observer: chronicle{a.metrics, a.audit.Write}, Fit: a.clock.right,
	})

	faces := &faces{app: a, authority: authority.Certificate(), log: log, version: version, errors: &problem.Answerer{Log: log}}
	a.auth = auth.New(auth.Options{
		Store: a.store, Secure: a.url.Scheme == "https", Fail: faces.errors.Answer, Revoked: gateway.EndRevoked.Err(), Audit: a.audit.Write,
		Providers: identityProviders(a.config, a.url), People: auth.People{Allow: a.config.Allow, Admin: a.config.Admin},
	})
	if a.local, err = a.auth.LocalUser(ctx); err != nil {
		return err
	}
	faces.streams = gateway.New(a.dialer, log)
	faces.control = control.New(a.seams.control(control.Options{
		Store: a.store, Provider: provider, Sealer: sealer, Codes: a.auth, Wake: a.runner.Wake,
		Close:   func(deployment string) { faces.streams.End(deployment, gateway.EndDestroyed) },
		Cut:     faces.cut,
		Streams: faces.open,
		Moved:   a.moved(log),
		Audit:   a.audit.Write,
		Stream:  cmp.Or(a.config.Stream, provider.Traits().DefaultStream),
		PerUser: a.config.MaxMachinesPerUser, Total: a.config.MaxMachines, MaxTTL: a.config.MaxTTL,
		SpendPerUser: a.config.MaxSpendPerUser, SpendTotal: a.config.MaxSpend, Grace: a.config.Grace,
		GatewayHost: a.config.GatewayHost,
	}))
	a.control = faces.control
	a.server, err = faces.server(ctx)
	return err
}

// work makes the parts that keep machines as the rows say.
func (a *App) work(options reconcile.Options) {
	options.Store, options.Prober, options.Owner = a.store, reconcile.SSH{Dialer: a.dialer}, owner()
	options.UserData = reconcile.Bootstrap{
		Sealer: options.Sealer, GuacamoleImage: a.config.GuacamoleImage, GuacdImage: a.config.GuacdImage,
	}.UserData
	options.Grace, options.ConfiguringTimeout, options.ErrorKeep = a.config.Grace, a.config.ConfiguringTimeout, a.config.ErrorKeep
	options = a.seams.work(options)
	a.runner = reconcile.New(options)
	a.sweeper = reconcile.NewSweeper(options)
}

// ready is an error while the rows cannot be written, or what was done not be written
// down, or while the time is not the other replicas'.
func (a *App) ready(ctx context.Context) error {
	if err := errors.Join(a.store.Ping(ctx), a.audit.Whole(ctx)); err != nil {
		return outdated(err)
	}
	return a.clock.right()
}

// moved tells of what people have asked for as reconciling tells of what it has done.
func (a *App) moved(log *slog.Logger) func(from dictumal.Status, now dictumal.Deployment) {
	return func(from dictumal.Status, now dictumal.Deployment) {
		a.metrics.Moved(from, now)
		if from == "" {
			log.Info("A deployment was ordered.", "deployment", now.ID)
			return
		}
		log.Info("A deployment was moved by request.", "deployment", now.ID, "from", from, "to", now.Status)
	}
}

// owner names this process in leases.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	return host + "-" + strconv.Itoa(os.Getpid()) + "-" + rand.Text()[:6]
}

// faces makes what people and programs talk to.
type faces struct {
	app     *App
	control *control.Control
	streams *gateway.Gateway
	errors  *problem.Answerer
	// authority is the certificate of the installation's own authority, PEM.
	authority []byte
	log       *slog.Logger
	version   string
}

func (f *faces) server(ctx context.Context) (*server.Server, error) {
	a := f.app
	pages := web.New(web.Options{
		Control: f.control, Auth: a.auth, Examples: examples.Files, Licenses: licensed, Keep: a.config.ErrorKeep, GatewayHost: string(a.config.GatewayHost), Host: a.url.Host, Log: f.log,
	})
	f.errors.Page = pages.Fail
	return server.New(ctx, server.Options{
		URL: a.url, Socket: a.config.ControlSocket(), TLSCert: a.config.TLSCert, TLSKey: a.config.TLSKey, Proxies: a.config.TrustedProxies,
		Control: f.control, Auth: a.auth, Gateway: f.streams,
		API: api.New(api.Options{
			Control: f.control, Auth: a.auth, Principal: auth.FromContext, Errors: f.errors, Docs: describe(pages), Version: f.version, Log: f.log,
		}),
		Web: pages, Authority: f.authority, Metrics: f.metrics(), Answered: a.metrics.Answered, TurnedAway: a.metrics.TurnedAway, Ready: a.ready, Fail: f.errors.Answer, Keys: a.keys,
		Local: operator(a.local), Audit: a.audit.Write, Version: f.version, Log: f.log,
	})
}

// licensed is the text of all licences, or why there is none.
func licensed() string {
	text, err := licenses.Text()
	if err != nil {
		return dictumal.ErrorMessage(err)
	}
	return text
}

// cut ends what is open by a grant that is gone, or that has given way to another.
func (f *faces) cut(grant string, changed bool) {
	why := gateway.EndRevoked
	if changed {
		why = gateway.EndChanged
	}
	f.streams.EndGrant(grant, why)
}

// open lists the desktops that somebody looks at here.
func (f *faces) open() []control.Stream {
	viewers := f.streams.Open()
	streams := make([]control.Stream, 0, len(viewers))
	for _, v := range viewers {
		streams = append(streams, control.Stream{Deployment: v.Target.Deployment, Grant: v.Grant})
	}
	return streams
}

// metrics is what a monitoring system reads.
func (f *faces) metrics() http.Handler {
	sources := metrics.Sources{
		Version: f.version, Provider: f.control.Traits().Name, Streams: f.streams.Stats, Census: f.app.store.Census, Log: f.log,
	}
	if reporter, ok := f.control.Provider.(dictumal.Reporter); ok {
		sources.Healthy = func() bool { return reporter.Health().OK }
	}
	return f.app.metrics.Handler(sources)
}

// describe shows the interface for programs on a page for people.
func describe(pages *web.Web) func(w http.ResponseWriter, r *http.Request, routes []api.Route) {
	return func(w http.ResponseWriter, r *http.Request, routes []api.Route) {
		shown := make([]web.Route, 0, len(routes))
		for _, route := range routes {
			shown = append(shown, web.Route(route))
		}
		pages.API(w, r, shown)
	}
}

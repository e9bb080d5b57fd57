package app_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

// object is whose something is, seen by its owner.
type object string

const (
	own     object = "own"
	others  object = "other's"
	missing object = "missing"
)

// who somebody is to what is the owner's.
const (
	anonymous = "anonymous"
	owner     = "owner"
	other     = "other user"
	viewer    = "viewer"
	admin     = "admin"
	expired   = "expired session"
	revoked   = "revoked token"
	scopeless = "token without the scope"
	confined  = "session for one desktop" // the owner's, by a launch code for what is own
)

// who asks, and what they bring.
type who struct {
	name           string
	known          bool
	cookie, bearer string
}

// realm is the whole program without its workers, and people of every kind. All is
// real but the cloud.
type realm struct {
	app.Parts
	url     string
	t       *testing.T
	client  *http.Client
	socket  *http.Client
	people  map[string]dictumal.User
	stale   map[string]string // what does not let anybody in any more
	keyless map[dictumal.Scope]string
}

// estate is what one user has, and somebody whom they know.
type estate struct{ deployment, constitution, grant, token, session, person string }

func newRealm(t *testing.T) *realm {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	cfg, err := config.Load([]string{
		"DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR=" + data, "INCUS_SOCKET=" + filepath.Join(data, "no-incus"),
		"DICTUMAL_MAX_MACHINES=9999", "DICTUMAL_MAX_MACHINES_PER_USER=9999",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	program, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	r := &realm{Parts: program.Parts(), url: program.URL(), t: t, people: map[string]dictumal.User{}, stale: map[string]string{}, keyless: map[dictumal.Scope]string{}}
	r.Server.Control.Provider = providertest.NewMemory("test", providertest.Behaviour{})
	served := make(chan error, 1)
	go func() { served <- r.Server.Serve(r.Listener) }()
	t.Cleanup(func() {
		if err := errors.Join(r.Server.Shutdown(context.Background()), <-served, program.Close()); err != nil {
			t.Error(err)
		}
	})
	follow := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r.client = &http.Client{CheckRedirect: follow}
	r.socket = &http.Client{CheckRedirect: follow, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", cfg.ControlSocket())
		},
	}}
	r.populate()
	return r
}

func (r *realm) populate() {
	for _, name := range []string{owner, other, viewer, admin, "stranger"} {
		user := dictumal.User{
			ID: id(), Email: strings.ReplaceAll(name, " ", "-") + "@example.org", Name: name, Admin: name == admin, CreatedAt: time.Now(),
		}
		r.must(r.Store.AddUser(r.t.Context(), user, "local", "email:"+user.Email))
		r.people[name] = user
	}
	r.stale[expired] = r.session(r.people[owner], time.Now().Add(-time.Second))
	secret, made := r.token(r.people[owner], all)
	r.must(r.Auth.RevokeToken(r.t.Context(), r.Server.Local, made))
	r.stale[revoked] = secret
	for scope, has := range map[dictumal.Scope][]dictumal.Scope{
		read: {launch}, deploy: {read, launch}, launch: {deploy}, all: {read, deploy, launch}, bySession: {all}, "": {read},
	} {
		r.keyless[scope], _ = r.token(r.people[owner], has...)
	}
}

// asks are all who may come for what takes a scope.
func (r *realm) asks(scope dictumal.Scope) []who {
	all := []who{
		{name: anonymous},
		{name: expired, cookie: r.stale[expired]},
		{name: revoked, bearer: r.stale[revoked]},
		{name: scopeless, known: true, bearer: r.keyless[scope]},
	}
	for _, name := range []string{owner, other, viewer, admin} {
		all = append(all, who{name: name, known: true, cookie: r.session(r.people[name], time.Now().Add(time.Hour))})
	}
	return all
}

// settle gives somebody one of everything, shared with the viewer where it is the owner's.
func (r *realm) settle(name string, status dictumal.Status) (e estate) {
	r.t.Helper()
	ctx, user := r.t.Context(), r.people[name]
	law := dictumal.Constitution{ID: id(), Owner: user.ID, Version: 1, CreatedAt: time.Now()}
	checked, err := r.Server.Control.CheckConstitution(dictumal.Principal{User: user}, "# A desk\n")
	r.must(err)
	law.Title, law.Hash, law.Document, law.Policy = checked.Title, checked.Hash, checked.Document, checked.Policy
	r.must(r.Store.AddConstitution(ctx, law))
	e.constitution, e.deployment = law.ID, r.deployment(law, status)
	_, e.token = r.token(user, read)
	e.session, _, _ = strings.Cut(r.session(user, time.Now().Add(time.Hour)), ".")
	to := "nobody@example.org"
	if name == owner {
		to = r.people[viewer].Email
	}
	g := dictumal.Grant{ID: id(), Deployment: e.deployment, Email: to, Control: dictumal.ControlViewOnly, By: user.ID, CreatedAt: time.Now()}
	_, err = r.Store.AddGrant(ctx, g, 9, "Shared.")
	r.must(err)
	e.grant = g.ID
	met := dictumal.User{ID: id(), Email: strings.ToLower(id()) + "@example.org", Name: "Met", CreatedAt: time.Now()}
	r.must(r.Store.AddUser(ctx, met, "local", "email:"+met.Email))
	e.person = met.ID
	return e
}

// deployment writes one down as its worker would have.
func (r *realm) deployment(law dictumal.Constitution, status dictumal.Status) string {
	r.t.Helper()
	ctx := r.t.Context()
	catalog, err := r.Server.Control.Provider.Catalog(ctx)
	r.must(err)
	row := store.Row{Deployment: dictumal.Deployment{
		ID: id(), Owner: law.Owner, Policy: law.Policy, Stream: dictumal.Native, Provider: "memory",
		Constitution: dictumal.ConstitutionRef{ID: law.ID, Title: law.Title, Version: law.Version, Hash: law.Hash},
		Region:       catalog.DefaultRegion, Size: catalog.DefaultSize, CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
	}, HostPublic: "ssh-ed25519 key"}
	row.ClientKey, err = r.Server.Control.Sealer.Seal([]byte("key"), row.ClientKeyContext())
	r.must(err)
	_, _, err = r.Store.AddDeployment(ctx, store.Order{Row: row, PerUser: 9999, Total: 9999})
	r.must(err)
	var claimed store.Row
	for claimed.ID != row.ID { // the others are what somebody has ordered before
		var ok bool
		if claimed, ok, err = r.Store.Claim(ctx, "test", time.Hour); err != nil || !ok {
			r.t.Fatalf("claimed %v, %v", ok, err)
		}
	}
	claimed.Status, claimed.IP, claimed.HostPublic, claimed.ClientKey = status, "192.0.2.1", row.HostPublic, row.ClientKey
	if status == dictumal.Destroyed {
		claimed.MachineGoneAt, claimed.DestroyedAt = time.Now(), time.Now()
	}
	r.must(r.Store.Save(ctx, claimed, store.Outcome{Keep: true}))
	return row.ID
}

// session lets a browser in until then, and returns its cookie.
func (r *realm) session(user dictumal.User, until time.Time, only ...string) string {
	r.t.Helper()
	name, secret := rand.Text(), rand.Text()
	sum := sha256.Sum256([]byte(secret))
	r.must(r.Store.AddSession(r.t.Context(), store.Session{
		ID: name, SecretHash: hex.EncodeToString(sum[:]), User: user, OnlyDesktop: strings.Join(only, ""), CreatedAt: time.Now(), SeenAt: time.Now(), ExpiresAt: until,
	}))
	return name + "." + secret
}

func (r *realm) token(user dictumal.User, scopes ...dictumal.Scope) (secret, name string) {
	r.t.Helper()
	secret = auth.TokenPrefix + rand.Text()
	sum := sha256.Sum256([]byte(secret))
	name = id()
	r.must(r.Store.AddToken(r.t.Context(), store.Token{
		ID: name, Hash: hex.EncodeToString(sum[:]), User: user, Name: "t", Scopes: scopes, CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
	}))
	return secret, name
}

func (r *realm) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(fmt.Errorf("the realm: %w", err))
	}
}

func id() string { return ulid.Make().String() }

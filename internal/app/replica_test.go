package app_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/app"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/postgrestest"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// TestWhatOneReplicaDoesIsKnownAtTheOther signs in at one replica and listens at the
// other with that session, while the first one takes an order.
func TestWhatOneReplicaDoesIsKnownAtTheOther(t *testing.T) {
	place, cloud := postgrestest.Database(t), ocean(t)
	one, other := replica(t, place, cloud), replica(t, place, cloud)
	run(t, one.App)
	run(t, other.App)
	cookie := signIn(t, one.App)
	// Where nothing is announced it is found by looking, every 20 s.
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	events := listen(ctx, t, other.URL(), cookie)
	law, err := one.client.CreateConstitution(t.Context(), "# A desk for two\n")
	if err != nil {
		t.Fatal(err)
	}
	desk, err := one.client.Deploy(t.Context(), client.Order{ConstitutionID: law.ID, Region: "fra1", Size: "s-2vcpu-4gb", Stream: "native"}, "")
	if err != nil {
		t.Fatal(err)
	}
	for events.Scan() {
		if strings.HasPrefix(events.Text(), "data: ") && strings.Contains(events.Text(), desk.ID) {
			break
		}
	}
	if err := events.Err(); err != nil {
		t.Fatalf("nothing of the order is heard at the other replica: %v", err)
	}
	there, err := other.client.Deployment(t.Context(), desk.ID)
	if err != nil || there.ID != desk.ID {
		t.Errorf("at the other replica the desktop is %+v, %v", there, err)
	}
	if _, err := other.client.Destroy(t.Context(), desk.ID); err != nil {
		t.Error(err)
	}
}

// TestReplicasThatStartAtOnceAreOneInstallation begins three on an empty database.
func TestReplicasThatStartAtOnceAreOneInstallation(t *testing.T) {
	place, cloud := postgrestest.Database(t), ocean(t)
	var all [3]member
	var starting sync.WaitGroup
	for i := range all {
		starting.Go(func() { all[i] = replica(t, place, cloud) })
	}
	starting.Wait()
	if t.Failed() {
		t.FailNow()
	}
	var authorities, users [3]string
	for i, r := range all {
		run(t, r.App)
		code, body := get(t, r.URL()+"/ca.pem")
		if code != http.StatusOK || !strings.Contains(body, "BEGIN CERTIFICATE") {
			t.Fatalf("GET /ca.pem = %d %s", code, body)
		}
		authorities[i], users[i] = body, r.Parts().Server.Local.User.ID
	}
	if authorities[0] != authorities[1] || authorities[1] != authorities[2] {
		t.Error("there is more than one authority")
	}
	if users[0] != users[1] || users[1] != users[2] {
		t.Errorf("there is more than one local user: %v", users)
	}
	installation, err := all[0].Parts().Store.FindSetting(t.Context(), "installation")
	if err != nil || installation == "" {
		t.Errorf("the installation is %q, %v", installation, err)
	}
}

// TestAReplicaWhoseClockDiffersFromTheDatabasesDoesNotStart has the database's be ahead.
func TestAReplicaWhoseClockDiffersFromTheDatabasesDoesNotStart(t *testing.T) {
	place := postgrestest.Database(t)
	connection, err := pgx.Connect(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	_, err = connection.Exec(t.Context(), `CREATE SCHEMA shadow; CREATE FUNCTION shadow.clock_timestamp() RETURNS TIMESTAMPTZ
		LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + INTERVAL '1 h' $$`)
	if err = errors.Join(err, connection.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	cfg := shared(t, place+"&search_path=shadow,pg_catalog", ocean(t))
	_, err = app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if said := dictumal.ErrorMessage(err); !strings.Contains(said, "behind the database's") || !strings.Contains(said, "NTP") {
		t.Errorf("it starts, or says %q: %v", said, err)
	}
}

// TestAReplicaIsReadyAgainWhenItsDatabaseIs kills the database's server and brings it back.
func TestAReplicaIsReadyAgainWhenItsDatabaseIs(t *testing.T) {
	server := postgrestest.Start(t)
	r := replica(t, server.Database(t), ocean(t))
	run(t, r.App)
	if code, body := get(t, r.URL()+"/readyz"); code != http.StatusOK {
		t.Fatalf("GET /readyz = %d %s", code, body)
	}
	server.Kill(t)
	code, body := get(t, r.URL()+"/readyz")
	if code != http.StatusServiceUnavailable || !strings.Contains(body, "The database does not answer") {
		t.Errorf("GET /readyz = %d %s without a database", code, body)
	}
	server.Resume(t)
	for end := time.Now().Add(time.Minute); code != http.StatusOK && time.Now().Before(end); {
		code, body = get(t, r.URL()+"/readyz")
	}
	if code != http.StatusOK {
		t.Errorf("GET /readyz = %d %s a minute after the database is back", code, body)
	}
}

// TestReplicasWithAnIncusEachDoNotStart begins one beside each of some Incus: the first,
// and then others, of which one does not answer and may be another for all that is known.
func TestReplicasWithAnIncusEachDoNotStart(t *testing.T) {
	place := postgrestest.Database(t)
	first, none := incus(t, "of the first"), filepath.Join(t.TempDir(), "none")
	for _, test := range []struct{ socket, says string }{
		{none, "which one it is"},
		{first, ""},
		{none, "which one it is"},
		{incus(t, ""), "which one it is"},
		{incus(t, "of another"), "The machines in this database are at another Incus"},
		{first, ""},
	} {
		cfg := shared(t, place, "", "DICTUMAL_PROVIDER=incus", "INCUS_SOCKET="+test.socket)
		program, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
		said := dictumal.ErrorMessage(err)
		if (err == nil) != (test.says == "") || err != nil && (!strings.Contains(said, test.says) || !strings.Contains(said, "all replicas must use the same one")) {
			t.Errorf("with %s it starts, or says %q: %v", test.socket, said, err)
		}
		if program != nil {
			if err := program.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

// Private

// incus says of itself which one it is, and nothing more.
func incus(t *testing.T, certificate string) (socket string) {
	t.Helper()
	socket = filepath.Join(t.TempDir(), "socket")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"type":"sync","status_code":200,"metadata":{"environment":{"certificate_fingerprint":%q}}}`, certificate)
	}), ReadHeaderTimeout: time.Second}}
	server.Start()
	t.Cleanup(server.Close)
	return socket
}

// member is one of several replicas.
type member struct {
	*app.App
	client *client.Client
}

// ocean is DigitalOcean's stand-in, whose droplets nobody answers in.
func ocean(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(oceantest.New(oceantest.Options{Token: oceanToken}))
	t.Cleanup(server.Close)
	return server.URL
}

const oceanToken = "dop_v1_a_token_of_the_tests"

// shared is the configuration of a replica, with a data folder of its own.
func shared(t *testing.T, place, cloud string, more ...string) config.Config {
	t.Helper()
	cfg, err := config.Load(append([]string{
		"DATABASE_URL=" + place, "AUTH_SECRET=a-secret-that-all-replicas-share-0123456789", "DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DRAIN=0s",
		"DICTUMAL_DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "DIGITALOCEAN_API_TOKEN=" + oceanToken, "DIGITALOCEAN_API_URL=" + cloud,
	}, more...), "")
	if err != nil {
		t.Error(err) // it may be a goroutine of the test
	}
	return cfg
}

// replica makes a program that works on a PostgreSQL database, and does not run yet.
func replica(t *testing.T, place, cloud string) member {
	t.Helper()
	cfg := shared(t, place, cloud)
	program, err := app.New(t.Context(), cfg, "test", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Error(err)
		return member{}
	}
	return member{program, client.Local(cfg.ControlSocket(), program.URL())}
}

// run runs a program until the test ends.
func run(t *testing.T, program *app.App) {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- program.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, program.Close()); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// signIn follows the link of a program, and returns the cookie of the session.
func signIn(t *testing.T, program *app.App) string {
	t.Helper()
	link, err := program.SignInLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(link, "code=")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, program.URL()+"/sign-in", strings.NewReader(url.Values{"code": {code}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for _, cookie := range response.Cookies() {
		if cookie.Value != "" {
			return cookie.Name + "=" + cookie.Value
		}
	}
	t.Fatalf("signing in gives %s and no session", response.Status)
	return ""
}

// listen reads the lines of a server's events, and has the first when it returns.
func listen(ctx context.Context, t *testing.T, address, cookie string) *bufio.Scanner {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/api/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Cookie", cookie)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = response.Body.Close() })
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET /api/events with the other replica's session = %s", response.Status)
	}
	return bufio.NewScanner(response.Body)
}

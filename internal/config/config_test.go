package config_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal/internal/config"
)

func TestAnEmptyEnvironmentGivesTheDefaults(t *testing.T) {
	got, err := config.Load(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	if got.URL.String() != "http://127.0.0.1:8080" || got.SecureCookies() {
		t.Errorf("URL %s, secure cookies %v", got.URL, got.SecureCookies())
	}
	got.URL = nil
	want := config.Config{
		Listen: "127.0.0.1:8080", DataDir: "./data", Provider: "incus",
		ConfiguringTimeout: 20 * time.Minute, Grace: 2 * time.Minute, ErrorKeep: time.Hour,
		MaxMachines: 10, MaxMachinesPerUser: 3, MaxTTL: 24 * time.Hour, Allow: []string{}, Admin: []string{},
		Incus:        config.Incus{Socket: "/var/lib/incus/unix.socket", Project: "dictumal", Image: "dictumal-desktop"},
		DigitalOcean: config.DigitalOcean{SSHKeys: []string{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config (-want +got):\n%s", diff)
	}
}

func TestTheEnvironmentWinsOverTheFileAndFilesHoldSecrets(t *testing.T) {
	folder := t.TempDir()
	secretFile := write(t, folder, "secret", strings.Repeat("s", 40)+"\n")
	envFile := write(t, folder, "env", "# a comment\nDICTUMAL_LISTEN=127.0.0.1:1111\nDICTUMAL_DATA_DIR=\"/var/lib/d\"\nNEXTAUTH_SECRET_FILE="+secretFile+"\n")
	got, err := config.Load([]string{"DICTUMAL_LISTEN=[::1]:2222"}, envFile)
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "[::1]:2222" || got.URL.String() != "http://[::1]:2222" {
		t.Errorf("listens on %s as %s", got.Listen, got.URL)
	}
	if got.DataDir != "/var/lib/d" || string(got.AuthSecret) != strings.Repeat("s", 40) {
		t.Errorf("config %+v", got)
	}
	if got.ControlSocket() != "/var/lib/d/control.sock" {
		t.Errorf("control socket %s", got.ControlSocket())
	}
}

func TestTheLogIsWrittenAsAskedFor(t *testing.T) {
	got, err := config.Load([]string{"DICTUMAL_LOG_FORMAT=json", "DICTUMAL_LOG_LEVEL=debug"}, "")
	if want := (config.Log{JSON: true, Level: slog.LevelDebug}); err != nil || got.Log != want {
		t.Errorf("the log is %+v (%v), want %+v", got.Log, err, want)
	}
}

func TestTheProviderIsChosenByTheToken(t *testing.T) {
	for environ, want := range map[string]string{
		"":                                "incus",
		"DIGITALOCEAN_API_TOKEN=dop_v1_x": "digitalocean",
		"DIGITALOCEAN_API_TOKEN=dop_v1_x DICTUMAL_PROVIDER=incus": "incus",
		"DICTUMAL_PROVIDER=incus DICTUMAL_STREAM=guacamole":       "incus",
	} {
		got, err := config.Load(strings.Fields(environ), "")
		if err != nil || got.Provider != want {
			t.Errorf("%q gives the provider %q (%v), want %q", environ, got.Provider, err, want)
		}
	}
}

func TestTheVariablesOfTheReferenceAreRead(t *testing.T) {
	got, err := config.Load([]string{
		"DIGITALOCEAN_API_TOKEN=dop_v1_x", "DIGITALOCEAN_IMAGE_SLUG=ubuntu-22-04-x64", "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=Yes",
		"DIGITALOCEAN_SSH_KEYS=512189, 3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45",
		"DIGITALOCEAN_API_URL=http://127.0.0.1:9000/", "NEXT_PUBLIC_STREAM_GATEWAY_HOST={id}.Stream.example.org",
		"GUACAMOLE_IMAGE=127.0.0.1:5000/guacamole:1.6.0", "GUACD_IMAGE=registry.example.org/guacd@sha256:" + strings.Repeat("0a", 32),
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := config.DigitalOcean{
		Token: "dop_v1_x", URL: "http://127.0.0.1:9000", ImageSlug: "ubuntu-22-04-x64", UseLatestUbuntu: true,
		SSHKeys: []string{"512189", "3b:16:e4:bf:8b:00:8b:b8:59:8c:a9:d3:f0:19:fa:45"},
	}
	if diff := cmp.Diff(want, got.DigitalOcean); diff != "" {
		t.Errorf("digitalocean (-want +got):\n%s", diff)
	}
	if got.GatewayHost != "{id}.stream.example.org" || got.GuacamoleImage != "127.0.0.1:5000/guacamole:1.6.0" || got.GuacdImage == "" {
		t.Errorf("config %+v", got)
	}
}

func TestTheAddressIsTheOneThatBrowsersSend(t *testing.T) {
	folder := t.TempDir()
	certificate := []string{
		"DICTUMAL_TLS_CERT_FILE=" + write(t, folder, "cert", "x"), "DICTUMAL_TLS_KEY_FILE=" + write(t, folder, "key", "x"),
	}
	for want, environ := range map[string][]string{
		"http://127.0.0.1":       {"DICTUMAL_LISTEN=127.0.0.1:80"},
		"http://[::1]":           {"DICTUMAL_LISTEN=[::1]:80"},
		"http://localhost":       {"AUTH_URL=http://localhost:80/"},
		"https://localhost":      append(certificate, "AUTH_URL=https://localhost:443"),
		"https://127.0.0.1":      append(certificate, "DICTUMAL_LISTEN=127.0.0.1:443"),
		"https://127.0.0.1:80":   append(certificate, "DICTUMAL_LISTEN=127.0.0.1:80"),
		"http://127.0.0.1:18080": {"DICTUMAL_LISTEN=127.0.0.1:18080"},
	} {
		got, err := config.Load(environ, "")
		if err != nil || got.URL.String() != want {
			t.Errorf("%s gives %s (%v), want %s", environ, got.URL, err, want)
		}
	}
}

func TestDescribingTheConfigurationShowsNoSecret(t *testing.T) {
	secret := strings.Repeat("s3cr3t", 8)
	c, err := config.Load([]string{"AUTH_SECRET=" + secret, "DIGITALOCEAN_API_TOKEN=" + secret, "AUTH_GOOGLE_ID=g", "AUTH_GOOGLE_SECRET=" + secret, "DICTUMAL_ALLOW=example.org"}, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, setting := range c.Describe() {
		if strings.Contains(setting.Value, "s3cr3t") {
			t.Errorf("%s shows %q", setting.Name, setting.Value)
		}
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	_, err := config.Load([]string{"DICTUMAL_GRACE=1s", "DICTUMAL_MAX_MACHINES=none", "AUTH_SECRET=short"}, "")
	faults, ok := errors.AsType[config.FaultsError](err)
	if !ok || len(faults) != 3 {
		t.Errorf("error is %v", err)
	}
}

const withGoogle = "AUTH_GOOGLE_ID=x AUTH_GOOGLE_SECRET=x"

func TestWithAnIdentityProviderOthersMayReachTheServer(t *testing.T) {
	got, err := config.Load([]string{
		"AUTH_OIDC_ISSUER=https://id.example.org/realms/people", "AUTH_OIDC_ID=desktops", "AUTH_OIDC_SECRET=s",
		"AUTH_GOOGLE_ID=g", "AUTH_GOOGLE_SECRET=t", "AUTH_URL=https://desktops.example.org", "DICTUMAL_LISTEN=0.0.0.0:8080",
		"DICTUMAL_ALLOW=Example.ORG, ada@example.net", "DICTUMAL_ADMIN=Ada@Example.net",
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	want := []config.IdentityProvider{
		{Name: "google", ID: "g", Secret: "t"},
		{Name: "oidc", Issuer: "https://id.example.org/realms/people", ID: "desktops", Secret: "s"},
	}
	if diff := cmp.Diff(want, got.IdentityProviders); diff != "" {
		t.Errorf("identity providers (-want +got):\n%s", diff)
	}
	if want[0].Label() != "Google" || want[1].Label() != "id.example.org" {
		t.Errorf("they are called %s and %s", want[0].Label(), want[1].Label())
	}
	if diff := cmp.Diff([][]string{{"example.org", "ada@example.net"}, {"ada@example.net"}}, [][]string{got.Allow, got.Admin}); diff != "" {
		t.Errorf("people (-want +got):\n%s", diff)
	}
}

func TestEachFaultNamesItsVariable(t *testing.T) {
	for _, test := range []struct{ name, environ, fault string }{
		{"a listener for all", "DICTUMAL_LISTEN=0.0.0.0:8080", "DICTUMAL_LISTEN is \"0.0.0.0:8080\", which others can reach"},
		{"a listener without a host", "DICTUMAL_LISTEN=:8080", "which others can reach"},
		{"a listener without a port", "DICTUMAL_LISTEN=127.0.0.1", "must be host and port"},
		{"a listener with a word for a port", "DICTUMAL_LISTEN=127.0.0.1:web", "must be host and port"},
		{"plain http for others", "AUTH_URL=http://desktops.example.org", "plain http is for loopback only"},
		{"https for others without an identity provider", "AUTH_URL=https://desktops.example.org", "without an identity provider"},
		{"an address without a scheme", "AUTH_URL=desktops.example.org", "must be a whole address"},
		{"an address with a path", "AUTH_URL=http://127.0.0.1/x", "scheme and host alone"},
		{"two addresses", "AUTH_URL=http://127.0.0.1:1 NEXTAUTH_URL=http://127.0.0.1:2", "AUTH_URL and NEXTAUTH_URL are both set and differ"},
		{"two gateway hosts", "NEXT_PUBLIC_STREAM_GATEWAY_HOST=a STREAM_GATEWAY_HOST=b", "are both set and differ"},
		{"a value and its file", "AUTH_SECRET=x AUTH_SECRET_FILE=/x", "AUTH_SECRET and AUTH_SECRET_FILE are both set"},
		{"a file that is missing", "AUTH_SECRET_FILE=/nowhere/x", "AUTH_SECRET_FILE cannot be read"},
		{"a short secret", "AUTH_SECRET=short", "AUTH_SECRET has 5 bytes"},
		{"Google without a secret", "AUTH_GOOGLE_ID=x", "AUTH_GOOGLE_ID and AUTH_GOOGLE_SECRET must be set together; missing: AUTH_GOOGLE_SECRET"},
		{"Google without an ID", "AUTH_GOOGLE_SECRET=x", "missing: AUTH_GOOGLE_ID"},
		{"an issuer alone", "AUTH_OIDC_ISSUER=https://x.example", "AUTH_OIDC_ISSUER, AUTH_OIDC_ID and AUTH_OIDC_SECRET must be set together; missing: AUTH_OIDC_ID and AUTH_OIDC_SECRET"},
		{"an issuer in the clear", "AUTH_OIDC_ISSUER=http://id.example.org", "AUTH_OIDC_ISSUER is \"http://id.example.org\": plain http is for loopback only"},
		{"an issuer without a scheme", "AUTH_OIDC_ISSUER=id.example.org", "AUTH_OIDC_ISSUER is \"id.example.org\" and must be a whole address"},
		{"an issuer with a query", "AUTH_OIDC_ISSUER=https://id.example.org?x=1", "must be a whole address"},
		{"an issuer with a password", "AUTH_OIDC_ISSUER=https://ada:s@id.example.org", "AUTH_OIDC_ISSUER holds a name or a password"},
		{"a provider for nobody", withGoogle, "DICTUMAL_ALLOW is not set"},
		{"a provider for all without an admin", withGoogle + " DICTUMAL_ALLOW=*", "DICTUMAL_ALLOW is *, and whoever came first would be the admin; set DICTUMAL_ADMIN"},
		{"all, and some", withGoogle + " DICTUMAL_ALLOW=*,example.org DICTUMAL_ADMIN=a@example.org", "DICTUMAL_ALLOW holds *, which is everybody, and others besides"},
		{"a listener for all without an address", withGoogle + " DICTUMAL_ALLOW=example.org DICTUMAL_LISTEN=0.0.0.0:8080", "AUTH_URL is not set, and DICTUMAL_LISTEN is \"0.0.0.0:8080\", which others can reach"},
		{"a listener for all in the clear", withGoogle + " DICTUMAL_ALLOW=example.org DICTUMAL_LISTEN=:8080 AUTH_URL=http://localhost:8080", "sessions would pass in the clear"},
		{"a provider and plain http for others", withGoogle + " DICTUMAL_ALLOW=example.org AUTH_URL=http://desktops.example.org", "plain http is for loopback only"},
		{"an admin by domain", withGoogle + " DICTUMAL_ALLOW=example.org DICTUMAL_ADMIN=example.org", "DICTUMAL_ADMIN holds \"example.org\" and must list e-mails"},
		{"letters that look like others", withGoogle + " DICTUMAL_ALLOW=exаmple.org", "DICTUMAL_ALLOW holds \"exаmple.org\""},
		{"the DigitalOcean provider without a token", "DICTUMAL_PROVIDER=digitalocean", "DIGITALOCEAN_API_TOKEN is not set"},
		{"a slug with a blank", "DIGITALOCEAN_API_TOKEN=x DIGITALOCEAN_IMAGE_SLUG=Ubuntu_24", "DIGITALOCEAN_IMAGE_SLUG is \"Ubuntu_24\""},
		{"a switch in other words", "DIGITALOCEAN_USE_LATEST_UBUNTU_IMAGE=perhaps", "must be 1, true, yes or on"},
		{"a key by its name", "DIGITALOCEAN_API_TOKEN=x DIGITALOCEAN_SSH_KEYS=512189,laptop", "DIGITALOCEAN_SSH_KEYS holds \"laptop\""},
		{"DigitalOcean without a scheme", "DIGITALOCEAN_API_TOKEN=x DIGITALOCEAN_API_URL=api.example.org", "DIGITALOCEAN_API_URL is \"api.example.org\" and must be a whole address"},
		{"DigitalOcean in the clear", "DIGITALOCEAN_API_TOKEN=x DIGITALOCEAN_API_URL=http://api.example.org", "the token would pass in the clear"},
		{"DigitalOcean with a password", "DIGITALOCEAN_API_URL=https://ada:secret@api.example.org", "DIGITALOCEAN_API_URL holds a name or a password"},
		{"a token that no header takes", "DIGITALOCEAN_API_TOKEN=dop_v1_\u200bx", "DIGITALOCEAN_API_TOKEN holds a blank"},
		{"a gateway host without a domain", "STREAM_GATEWAY_HOST={id}", "NEXT_PUBLIC_STREAM_GATEWAY_HOST is \"{id}\""},
		{"a gateway host with a scheme", "STREAM_GATEWAY_HOST=https://stream.example.org", "NEXT_PUBLIC_STREAM_GATEWAY_HOST is \"https://stream.example.org\""},
		{"an image with an option", "GUACAMOLE_IMAGE=--privileged", "GUACAMOLE_IMAGE is \"--privileged\""},
		{"an unknown provider", "DICTUMAL_PROVIDER=aws", "DICTUMAL_PROVIDER is \"aws\" and must be incus or digitalocean"},
		{"an unknown stream", "DICTUMAL_STREAM=rdp", "must be native or guacamole"},
		{"another kind of database", "DATABASE_URL=mysql://db/dictumal", "DATABASE_URL must be the address of a PostgreSQL database like postgres://"},
		{"a database without its name", "DATABASE_URL=postgres://localhost " + withSecret, "DATABASE_URL names no database"},
		{"a database whose address is none", "DATABASE_URL=postgres://ada:a/b@localhost/d " + withSecret, "DATABASE_URL cannot be read; write it like"},
		{"a database with a port that is none", "DATABASE_URL=postgres://localhost:x/d " + withSecret, "DATABASE_URL cannot be read"},
		{"a database with TLS of no kind", "DATABASE_URL=postgres://localhost/d?sslmode=some " + withSecret, "DATABASE_URL cannot be read"},
		{"a database whose authority is missing", "DATABASE_URL=postgres://localhost/d?sslmode=verify-full&sslrootcert=/nowhere/ca " + withSecret, "DATABASE_URL names a file that cannot be read: open /nowhere/ca"},
		{"a database far away in the clear", "DATABASE_URL=postgres://ada:s@db.example.org/d " + withSecret, "DATABASE_URL says nothing of TLS"},
		{"a database far away with TLS of nothing", "DATABASE_URL=postgres://db.example.org/d?sslmode= " + withSecret, "DATABASE_URL says nothing of TLS"},
		{"a database far away with TLS said elsewhere", "DATABASE_URL=postgres://db.example.org/d PGSSLMODE=verify-full " + withSecret, "DATABASE_URL says nothing of TLS"},
		{"a near and a far database in the clear", "DATABASE_URL=postgres://localhost,db.example.org/d " + withSecret, "DATABASE_URL says nothing of TLS"},
		{"replicas without a secret", "DATABASE_URL=postgres://localhost/d", "AUTH_SECRET is not set, and with DATABASE_URL it must be, the same for all replicas"},
		{"a grace that is too short", "DICTUMAL_GRACE=109s", "DICTUMAL_GRACE is 1m49s and must be at least 1m50s"},
		{"a data folder whose path is too long", "DICTUMAL_DATA_DIR=/" + strings.Repeat("d", 100), "by 7 bytes too long for the socket of the command line"},
		{"a log for nobody", "DICTUMAL_LOG_FORMAT=xml", `DICTUMAL_LOG_FORMAT is "xml" and must be text or json`},
		{"a log that knows no level", "DICTUMAL_LOG_LEVEL=INFO", `DICTUMAL_LOG_LEVEL is "INFO" and must be debug, info, warn or error`},
		{"a drain that is no time", "DICTUMAL_DRAIN=soon", "DICTUMAL_DRAIN is \"soon\" and must be a length of time from 0s to 5m"},
		{"a drain without end", "DICTUMAL_DRAIN=6m", "DICTUMAL_DRAIN is \"6m\" and must be a length of time from 0s to 5m"},
		{"a longest life of seconds", "DICTUMAL_MAX_TTL=30s", "DICTUMAL_MAX_TTL is 30s and must be from 5m to 8760h"},
		{"a longest life without end", "DICTUMAL_MAX_TTL=9000h", "DICTUMAL_MAX_TTL is 9000h0m0s and must be from 5m to 8760h"},
		{"a grace in words", "DICTUMAL_GRACE=long", "like 90s, 20m or 1h"},
		{"a negative time", "DICTUMAL_ERROR_KEEP=-1h", "DICTUMAL_ERROR_KEEP is \"-1h\""},
		{"a timeout without a unit", "DICTUMAL_CONFIGURING_TIMEOUT=20", "DICTUMAL_CONFIGURING_TIMEOUT is \"20\""},
		{"no machines", "DICTUMAL_MAX_MACHINES=0", "a whole number from 1"},
		{"more for one than for all", "DICTUMAL_MAX_MACHINES_PER_USER=11", "one user cannot have more than all"},
		{"one user who may spend more than all", "DICTUMAL_MAX_SPEND=7.50 DICTUMAL_MAX_SPEND_PER_USER=8", "DICTUMAL_MAX_SPEND_PER_USER is 8.00 and DICTUMAL_MAX_SPEND 7.50"},
		{"people whom nobody could sign in", "DICTUMAL_ALLOW=example.net", "DICTUMAL_ALLOW is set and speaks of people who sign in by an identity provider, of which there is none"},
		{"spend in words", "DICTUMAL_MAX_SPEND=much", "an amount in USD"},
		{"a certificate without a key", "DICTUMAL_TLS_CERT_FILE=/etc/hostname", "must be set together"},
		{"a certificate that is missing", "DICTUMAL_TLS_CERT_FILE=/nowhere/x DICTUMAL_TLS_KEY_FILE=/etc/hostname", "DICTUMAL_TLS_CERT_FILE cannot be read"},
		{"TLS under a plain address", "DICTUMAL_TLS_CERT_FILE=/etc/hostname DICTUMAL_TLS_KEY_FILE=/etc/hostname AUTH_URL=http://localhost:1", "must begin with https://"},
		{"an admin that is no person", "DICTUMAL_ADMIN=*", "DICTUMAL_ADMIN holds \"*\""},
		{"a domain with an at sign", "DICTUMAL_ALLOW=@example.org", "DICTUMAL_ALLOW holds"},
		{"a relative socket", "INCUS_SOCKET=unix.socket", "INCUS_SOCKET is"},
		{"somebody else's project", "INCUS_PROJECT=default", "INCUS_PROJECT is \"default\""},
		{"an image with a blank", "INCUS_IMAGE=a/b", "INCUS_IMAGE is"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Load(strings.Fields(test.environ), "")
			if err == nil || !strings.Contains(err.Error(), test.fault) {
				t.Errorf("error is %v, want %q in it", err, test.fault)
			}
		})
	}
}

func TestAnEnvFileThatCannotBeReadIsAFault(t *testing.T) {
	_, err := config.Load(nil, filepath.Join(t.TempDir(), "none"))
	if err == nil || !strings.Contains(err.Error(), "--env-file") {
		t.Errorf("error is %v", err)
	}
}

func TestNoFaultShowsASecret(t *testing.T) {
	envFile := write(t, t.TempDir(), "env", "A LINE THAT IS NONE\nDIGITALOCEAN_API_TOKEN=s3cr3t\n")
	for name, test := range map[string]struct{ environ, envFile string }{
		"a file with a line that is none": {"", envFile},
		"an address with a password":      {"DIGITALOCEAN_API_URL=https://ada:s3cr3t@api.example.org", ""},
		"the same, misspelt":              {"DIGITALOCEAN_API_URL=https://ada:s3cr3t@api.example.org:x", ""},
		"a token with a line break":       {"DIGITALOCEAN_API_TOKEN=s3cr3t\nx DICTUMAL_PROVIDER=digitalocean", ""},
		"a database with a password":      {"DATABASE_URL=postgres://ada:s3cr3t@db.example.org/d", ""},
		"a password with a slash":         {"DATABASE_URL=postgres://ada:s3cr3t/s3cr3t@db.example.org/d", ""},
		"a password with a percent sign":  {"DATABASE_URL=postgres://ada:s3cr3t%zs3cr3t@db.example.org/d", ""},
		"a password with a question mark": {"DATABASE_URL=postgres://ada:1?connect_timeout=s3cr3t@db.example.org/d", ""},
		"a password behind the database":  {"DATABASE_URL=postgres://db.example.org/d?password=s3cr3t", ""},
		"a database of another kind":      {"DATABASE_URL=mysql://ada:s3cr3t@localhost/d", ""},
	} {
		_, err := config.Load(strings.Split(test.environ, " "), test.envFile)
		if err == nil || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func write(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

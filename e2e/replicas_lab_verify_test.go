//go:build verify

package e2e

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/image"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

// ports are where the replicas listen, and the instances of their unit.
var ports = []string{"8081", "8082", "8083"}

// labOrigin is the installation as browsers know it.
const labOrigin = "https://desktops.example.org"

// lab is a machine with three replicas, their database, and Caddy before them.
type lab struct {
	t     *testing.T
	incus *incus.Client
	ocean *oceantest.Ocean
	token string
	http  *http.Client
	law   string
}

const labName = "lab"

func newLab(t *testing.T) *lab {
	t.Helper()
	l := &lab{t: t, ocean: oceantest.New(oceantest.Options{Token: oceanToken, Limit: 1000})}
	account := httptest.NewServer(l.ocean)
	t.Cleanup(account.Close)
	l.launch(account.Listener.Addr().String())
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(l.run("journalctl", "--no-pager", "-o", "short-precise", "-n", "300", "-u", "dictumal@*", "-u", "caddy", "-u", "postgresql@*"))
		}
	})
	l.run("timeout", "120", "sh", "-c", "until systemctl is-system-running --wait; do sleep 0.2; done; systemctl start network-online.target")
	l.run("sh", "-euc", `export DEBIAN_FRONTEND=noninteractive
		apt-get -q update
		apt-get -y -q install --no-install-recommends -o Dpkg::Use-Pty=0 postgresql caddy curl
		useradd --system --home-dir /var/lib/dictumal --shell /usr/sbin/nologin dictumal
		install -D -m 0640 -g dictumal /srv/lab/env /etc/dictumal/env
		install -m 0644 /srv/lab/dictumal.service /srv/lab/dictumal@.service /etc/systemd/system/
		# Only the certificate is another: nobody vouches for a name of an example.
		sed 's/^desktops.example.org {/&\n\ttls internal/' /srv/lab/Caddyfile >/etc/caddy/Caddyfile
		cd /
		runuser -u postgres -- psql -q -v ON_ERROR_STOP=1 -c "CREATE ROLE dictumal LOGIN PASSWORD 'not-to-be-logged'" \
			-c "CREATE DATABASE dictumal OWNER dictumal ENCODING 'UTF8' TEMPLATE template0"`)
	l.install("now")
	l.run("systemctl", "daemon-reload")
	l.run("systemctl", "enable", "--now", "dictumal@8081", "dictumal@8082", "dictumal@8083")
	for _, port := range ports {
		l.ready(port)
	}
	l.run("systemctl", "reload", "caddy")
	l.token = strings.TrimSpace(l.run("env", "DICTUMAL_DATA_DIR=/var/lib/dictumal/8082",
		"/usr/local/bin/dictumal", "--env-file", "/etc/dictumal/env", "token", "create", "--name", "lab"))
	l.http = l.browser()
	l.law = l.write()
	return l
}

// install replaces the program.
func (l *lab) install(version string) {
	l.t.Helper()
	l.run("install", "/srv/lab/"+version, "/usr/local/bin/dictumal")
}

// ready waits until a replica is.
func (l *lab) ready(port string) {
	l.t.Helper()
	l.run("timeout", "60", "sh", "-c", "until curl -fsS http://127.0.0.1:"+port+"/readyz; do sleep 0.2; done")
}

// query asks the database.
func (l *lab) query(statement string) string {
	l.t.Helper()
	return strings.TrimSpace(l.run("runuser", "-u", "postgres", "--", "env", "-C", "/", "psql", "-qAt", "-c", statement, "dictumal"))
}

// run runs a command on the machine, as root, and gives what it says.
func (l *lab) run(command ...string) string {
	l.t.Helper()
	result, err := l.incus.Exec(context.WithoutCancel(l.t.Context()), labName, command...)
	if err != nil {
		l.t.Fatal(err)
	}
	if result.Code != 0 {
		l.t.Fatalf("%q ended with status %d:\n%s%s", command, result.Code, result.Stdout, result.Stderr)
	}
	return result.Stdout
}

func (l *lab) until(what string, there func() bool) {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), patience)
	defer cancel()
	for !there() {
		if ctx.Err() != nil {
			l.t.Fatalf("waited %s in vain for %s", patience, what)
		}
		pause(ctx)
	}
}

// Private

// launch starts the machine, with what is to be installed on it, and the account at a
// port of its loopback.
func (l *lab) launch(account string) {
	l.t.Helper()
	_, own := machines(l.t)
	l.incus = own
	operation, err := own.CreateInstance(l.t.Context(), incus.NewInstance{
		Name: labName, Type: "container", Profiles: []string{host.Profile}, Start: true,
		Config: map[string]string{"limits.memory": "2GiB"},
		Devices: map[string]incus.Device{
			"lab":   {"type": "disk", "source": shelf(l.t), "path": "/srv/lab", "readonly": "true"},
			"ocean": {"type": "proxy", "bind": "instance", "listen": "tcp:127.0.0.1:9000", "connect": "tcp:" + account},
		},
		Source: incus.Source{Type: "image", Alias: image.PlainAlias},
	})
	if err == nil {
		err = operation.Wait(l.t.Context())
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// shelf is a folder with the program, its next version, which has one migration more,
// and how they are set up.
func shelf(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"dictumal.service", "dictumal@.service", "Caddyfile"} {
		text, err := os.ReadFile(filepath.Join("../packaging", name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(folder, name), string(text))
	}
	put(t, filepath.Join(folder, "env"), strings.Join([]string{
		"DATABASE_URL=postgres://dictumal:not-to-be-logged@127.0.0.1/dictumal",
		"AUTH_SECRET=of-no-use-to-anybody-but-long-enough-to-be-one", "AUTH_URL=" + labOrigin,
		"AUTH_OIDC_ISSUER=https://id.example.org", "AUTH_OIDC_ID=dictumal", "AUTH_OIDC_SECRET=of-no-use",
		"DICTUMAL_ALLOW=example.org", "DICTUMAL_ADMIN=ada@example.org", "DICTUMAL_TRUSTED_PROXIES=127.0.0.1",
		"DIGITALOCEAN_API_TOKEN=" + oceanToken, "DIGITALOCEAN_API_URL=http://127.0.0.1:9000",
		"DICTUMAL_MAX_MACHINES=1000", "DICTUMAL_MAX_MACHINES_PER_USER=1000", "",
	}, "\n"))
	note, overlay := filepath.Join(folder, "note.sql"), filepath.Join(folder, "overlay.json")
	put(t, note, `ALTER TABLE deployment ADD COLUMN next_note TEXT NOT NULL DEFAULT '';`)
	migration, err := filepath.Abs("../internal/store/migrations/9000_next.sql")
	if err != nil {
		t.Fatal(err)
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{migration: note}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, overlay, string(replace))
	compile(t, "-ldflags", "-X main.version=now", "-o", filepath.Join(folder, "now"))
	compile(t, "-ldflags", "-X main.version=next", "-o", filepath.Join(folder, "next"), "-overlay", overlay)
	return folder
}

func compile(t *testing.T, arguments ...string) {
	t.Helper()
	arguments = append(append([]string{"build"}, arguments...), "github.com/dictumal/dictumal/cmd/dictumal")
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := command.CombinedOutput(); err != nil {
		t.Fatalf("go %v: %v\n%s", arguments, err, said)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil { // it is read on a machine where our root is nobody
		t.Fatal(err)
	}
}

// browser finds the installation's name at the machine, and trusts its Caddy.
func (l *lab) browser() *http.Client {
	l.t.Helper()
	const root = "/var/lib/caddy/.local/share/caddy/pki/authorities/local/root.crt"
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(l.run("timeout", "60", "sh", "-c", "until cat "+root+" 2>/dev/null; do sleep 0.2; done")))
	address, _, _ := strings.Cut(strings.TrimSpace(l.run("hostname", "-I")), " ")
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, net.JoinHostPort(address, "443"))
		},
	}
	l.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// block is what stands in docs/high-availability.md to be run, under a heading.
func block(t *testing.T, language, heading string) string {
	t.Helper()
	page, err := os.ReadFile("../docs/high-availability.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## "+heading+"\n")
	_, rest, begun := strings.Cut(section, "```"+language+"\n")
	text, _, ended := strings.Cut(rest, "```")
	if !found || !begun || !ended {
		t.Fatalf("docs/high-availability.md has no %s under %q", language, heading)
	}
	return text
}

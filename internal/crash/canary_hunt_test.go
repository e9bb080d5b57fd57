package crash_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/guacamole"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// hunt is a life in which all secrets are known.
type hunt struct {
	*life
	*evidence

	base           string // of the server
	title, refused string // decoys that the program itself carries around
	decoys         map[place]string
	identity       *identity
	elsewhere      *httptest.Server // another site

	socket, nobody, guest *http.Client // guest: ada, by the identity provider
	admin                 *http.Client
	tokens                []string

	mu       sync.Mutex
	canaries []canary
}

func newHunt(t *testing.T, path string, stream dictumal.Stream, format string, own bool) *hunt {
	t.Helper()
	h := &hunt{evidence: &evidence{}, decoys: map[place]string{}, title: "Decoy " + rand.Text(), refused: "decoy" + rand.Text()}
	shared := h.learn(providerSecret, "AUTH_OIDC_SECRET", password())
	h.identity = newIdentity(t, h.evidence, shared, func(kind kind, name, value string) { h.learn(kind, name, value) })
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(shared), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{
		"DICTUMAL_LOG_FORMAT=" + format, "DICTUMAL_LOG_LEVEL=debug", "DICTUMAL_ERROR_KEEP=1h", "DICTUMAL_ALLOW=example.org",
		"AUTH_OIDC_ISSUER=" + h.identity.URL, "AUTH_OIDC_ID=desktops", "AUTH_OIDC_SECRET_FILE=" + file,
	}
	if own {
		// With what has to be escaped in JSON, in a URL and in HTML.
		environ = append(environ,
			"AUTH_SECRET="+h.learn(installationSecret, "AUTH_SECRET", `AUTH "canary" <of>\the/tests>&+ä-`+rand.Text()),
			"AUTH_SECRET_PREVIOUS="+h.learn(installationSecret, "AUTH_SECRET_PREVIOUS", `former "canary" <of>\the/tests>-`+rand.Text()))
	}
	h.learn(cloudToken, "DIGITALOCEAN_API_TOKEN", token)
	h.life = &life{stream: stream, installation: installBehind(t, path, func(account http.Handler) http.Handler {
		return h.overhear(atCloud, account)
	}, environ...)}
	h.elsewhere = httptest.NewServer(h.overhear(inReferer, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, `<!doctype html><title>Elsewhere</title><a href="/next">Next</a>`)
	})))
	t.Cleanup(h.elsewhere.Close)
	h.elsewhere.URL = strings.Replace(h.elsewhere.URL, "127.0.0.1", "localhost", 1) // browsers send cookies to every port of a host
	return h
}

// learn takes a secret over, and returns it.
func (h *hunt) learn(kind kind, name, value string) string {
	if value != "" {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.canaries = append(h.canaries, canary{kind, name, []byte(value)})
	}
	return value
}

// enter finds the doors of the program.
func (h *hunt) enter() {
	h.Helper()
	server, err := h.local.Server(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	h.base = server.URL
	unix := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(h.data, "control.sock"))
	}}
	h.socket = h.visitor(listener{h.evidence, unix, true})
	h.nobody, h.guest, h.admin = h.visitor(nil), h.visitor(nil), h.visitor(nil)
}

// visitor is somebody with a browser of their own who follows nothing by themselves.
func (h *hunt) visitor(through http.RoundTripper) *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	if through == nil {
		through = listener{h.evidence, http.DefaultTransport, false}
	}
	return &http.Client{Jar: jar, Transport: through, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// send asks for something, learns the cookies that come, and returns where it leads and
// what was answered.
func (h *hunt) send(who *http.Client, method, path, body string, header ...string) (location, text string) {
	h.Helper()
	base := h.base
	if who == h.socket {
		base = "http://local"
	}
	if strings.HasPrefix(path, "http:") {
		base = ""
	}
	response, err := ask(h.Context(), who, method, base+path, body, header...)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return "", "" // a stream of events
		}
		h.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		h.Fatal(err)
	}
	for _, c := range response.Cookies() {
		h.learn(cookie, c.Name, c.Value[strings.LastIndex(c.Value, ".")+1:])
	}
	return response.Header.Get("Location"), string(answer)
}

// prepare orders the desktop, whose document is a decoy.
func (h *hunt) prepare() {
	h.Helper()
	law, err := h.local.CreateConstitution(h.Context(), "---\ntitle: "+h.title+"\n---\n# A desk\n\n[elsewhere]("+h.elsewhere.URL+"/from-document)\n")
	if err != nil {
		h.Fatal(err)
	}
	if h.desk, err = h.local.Deploy(h.Context(), client.Order{ConstitutionID: law.ID, Stream: h.stream}, "a hunt"); err != nil {
		h.Fatal(err)
	}
}

// digUp takes over what only the database and the machine hold.
func (h *hunt) digUp() {
	h.Helper()
	sealer := h.sealer()
	rows, err := store.Open(h.Context(), h.database())
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	row, err := rows.Deployment(h.Context(), h.desk.ID)
	if err != nil {
		h.Fatal(err)
	}
	opened := func(sealed, context string) []byte {
		plain, err := sealer.Open(sealed, context)
		if err != nil {
			h.Fatal(err)
		}
		h.learn(sealedValue, context, sealed[len(secret.Head(sealer.KeyID())):])
		return plain
	}
	h.learnKey(clientKey, opened(row.ClientKey, row.ClientKeyContext()))
	for _, droplet := range h.ocean.Droplets() {
		h.add(inUserData, droplet.Name, append([]byte(droplet.UserData), unpacked(h.T, droplet.UserData)...))
		var told userData
		if err := json.Unmarshal([]byte(strings.TrimPrefix(droplet.UserData, "#cloud-config\n")), &told); err != nil {
			h.Fatal(err)
		}
		h.learnKey(hostKey, []byte(told.HostKeys.Private))
	}
	if h.stream == dictumal.Guacamole {
		stream := opened(row.StreamSecret, row.StreamSecretContext())
		h.learn(streamSecret, "secret", string(stream))
		h.learn(streamPassword, "password of VNC", guacamole.VNCPassword(stream))
		h.learn(streamPassword, "key of Guacamole", string(guacamole.JSONKey(stream)))
	}
	name := "authority-" + sealer.KeyID()
	sealed, err := rows.FindSetting(h.Context(), name)
	if err != nil {
		h.Fatal(err)
	}
	var root struct {
		Key []byte `json:"key"`
	}
	if err := json.Unmarshal(opened(sealed, "setting|"+name), &root); err != nil {
		h.Fatal(err)
	}
	h.learn(clientKey, "the authority's", string(root.Key))
}

// sealer has the key that the program has.
func (h *hunt) sealer() *secret.Sealer {
	h.Helper()
	if c, own := h.known(installationSecret); own {
		return secret.NewSealer(c.value)
	}
	kept, err := secret.Load(filepath.Join(h.data, "auth-secret"))
	if err != nil {
		h.Fatal(err)
	}
	h.learn(keptSecret, "the first", string(kept))
	return secret.NewSealer(kept)
}

func (h *hunt) known(kind kind) (canary, bool) {
	for _, c := range h.canaries {
		if c.kind == kind {
			return c, true
		}
	}
	return canary{}, false
}

// learnKey hides a private key, and its lines as they stand in a file.
func (h *hunt) learnKey(kind kind, pem []byte) {
	h.Helper()
	lines := secrets{}
	lines.addKey(h.life, string(kind), pem)
	for name, value := range lines {
		h.learn(kind, name, string(value))
	}
}

// rotate changes the secret in the data folder: the first is to be nowhere any more.
func (h *hunt) rotate() {
	h.Helper()
	if _, text := h.send(h.socket, http.MethodPost, "/api/keys/rotate", ""); !strings.Contains(text, "newest") {
		h.Fatal(text)
	}
	h.until("the end of the rotation", func() bool { return len(h.keys()) == 1 })
	for n := range h.canaries {
		if h.canaries[n].kind == keptSecret {
			h.canaries[n].kind = forgottenSecret
		}
	}
	kept, err := secret.Load(filepath.Join(h.data, "auth-secret"))
	if err != nil {
		h.Fatal(err)
	}
	h.learn(keptSecret, "the second", string(kept))
}

// collect looks at files and processes.
func (h *hunt) collect() {
	h.Helper()
	h.folder(h.T, h.data)
	h.processes(h.T, h.present().command.Process.Pid)
	backup := filepath.Join(h.TempDir(), "copy")
	h.command("backup", backup)
	text, err := os.ReadFile(backup)
	if err != nil {
		h.Fatal(err)
	}
	h.add(inBackup, "backup", text)
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		h.Errorf("others can get at a backup: %v, %v", info, err)
	}
}

// command runs a command line as its operator does.
func (h *hunt) command(args ...string) string {
	h.Helper()
	command := exec.CommandContext(h.Context(), h.path, args...)
	command.Env = append(os.Environ(), h.environ...)
	var errs strings.Builder
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		h.Errorf("dictumal %s: %v\n%s", strings.Join(args, " "), err, errs.String())
	}
	h.add(inCommand, strings.Join(args, " "), append(out, errs.String()...))
	return strings.TrimSpace(string(out))
}

// relatives looks at a process and its child that are decoys.
func (h *hunt) relatives(parent, child string) {
	h.Helper()
	command := exec.CommandContext(h.Context(), "sh", "-c", `DECOY=`+child+` sleep 60 & echo; wait`)
	command.Env = []string{"PATH=" + os.Getenv("PATH"), "DECOY=" + parent}
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		h.Fatal(err)
	}
	_, _ = out.Read(make([]byte, 1))
	h.until("a child with an environment of its own", func() bool {
		h.processes(h.T, command.Process.Pid)
		h.evidence.mu.Lock()
		defer h.evidence.mu.Unlock()
		for _, x := range h.seen {
			if x.place == inChild && strings.Contains(string(x.text), child) {
				return true
			}
		}
		return false
	})
	_ = command.Process.Kill()
	_ = command.Wait()
}

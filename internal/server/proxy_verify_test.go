//go:build verify

package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/certificate/certificatetest"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/peer"
)

// TestBehindAProxyAsThePageHasIt runs the proxies with the configurations that stand in
// docs/deploying.md; only ports and the certificate are others.
func TestBehindAProxyAsThePageHasIt(t *testing.T) {
	for _, test := range []struct {
		name  string
		start func(t *testing.T, page, front, back, certificate, key string)
	}{{"nginx", startNginx}, {"caddy", startCaddy}} {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			h.Proxies = peer.Proxies{netip.MustParsePrefix("127.0.0.1/32")}
			id, cookie := h.desktop("ada@example.org"), h.signIn("ada@example.org")
			back, _ := h.open(false)
			made := certificatetest.Usual(t, 1, h.URL.Hostname())
			certificate, key := made.Files(t)
			front := machinetest.FreeAddress(t)
			test.start(t, block(t, test.name), front, back, certificate, key)
			client := browserAt(t, front, made.Pool())

			page := get200(t, client, "/account", cookie)
			if !strings.Contains(page, "ada@example.org") {
				t.Errorf("the page is another's:\n%s", page)
			}

			t.Run("carries a WebSocket", func(t *testing.T) {
				socket, answer, err := websocket.Dial(t.Context(), origin+"/desktop/"+id+"/ws", &websocket.DialOptions{ //nolint:bodyclose // it is the connection
					HTTPClient: client, HTTPHeader: http.Header{"Cookie": {cookie}, "Origin": {origin}},
				})
				if err != nil {
					t.Fatalf("it is not let in: %v %v", err, answer)
				}
				_ = socket.CloseNow()
			})
			t.Run("holds back no event", func(t *testing.T) {
				answer := ask(t, client, "/api/deployments/"+id+"/events", cookie) //nolint:bodyclose // ask does, with the test
				line, err := bufio.NewReader(answer.Body).ReadString('\n')         // while the stream goes on
				if err != nil || !strings.HasPrefix(line, "id:") && !strings.HasPrefix(line, "event:") {
					t.Errorf("the stream begins with %q, %v", line, err)
				}
			})
			t.Run("says who asks", func(t *testing.T) {
				from := make(chan string, 1)
				h.public.Handler = h.from(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { from <- peer.From(r.Context()) }))
				get200(t, client, "/healthz", "")
				if got := <-from; got != "127.0.0.2" {
					t.Errorf("the request came from %q, want 127.0.0.2, whatever the browser has written", got)
				}
			})
		})
	}
}

// TestABadRequestLeavesNoReplicaOut sends what no replica can read to each of them, through
// the Caddy that packaging has for several.
func TestABadRequestLeavesNoReplicaOut(t *testing.T) {
	configuration, err := os.ReadFile("../../packaging/Caddyfile")
	if err != nil {
		t.Fatal(err)
	}
	addresses := make([]any, 0, 3)
	for range 3 {
		replica := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
		t.Cleanup(replica.Close)
		addresses = append(addresses, replica.Listener.Addr())
	}
	front := machinetest.FreeAddress(t)
	text := strings.NewReplacer(
		"desktops.example.org {", "http://"+front+" {", "127.0.0.1:8081 127.0.0.1:8082 127.0.0.1:8083", strings.TrimSpace(fmt.Sprintln(addresses...)),
	).Replace(string(configuration))
	start(t, t.TempDir(), "caddy", "{\n\tadmin off\n}\n"+text, "run", "--adapter", "caddyfile", "--config")
	well := func() bool {
		answer, err := http.Get("http://" + front + "/") //nolint:noctx // short
		if err != nil {
			return false
		}
		defer func() { _ = answer.Body.Close() }()
		return answer.StatusCode == http.StatusOK
	}
	for deadline := time.Now().Add(15 * time.Second); !well(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("Caddy does not answer")
		}
	}
	for i := range 6 {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", front)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: "+front+"\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n")
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusBadGateway {
			t.Errorf("the bad request %d got %s; replicas are left out for it", i+1, answer.Status)
		}
	}
}

func startNginx(t *testing.T, page, front, back, certificate, key string) {
	t.Helper()
	page, _, _ = strings.Cut(page, "server {\n    listen 80;")
	page = strings.NewReplacer(
		"listen 443 ssl http2", "listen "+front+" ssl http2", "http://127.0.0.1:8080", "http://"+back,
		"/etc/letsencrypt/live/desktops.example.org/fullchain.pem", certificate, "/etc/letsencrypt/live/desktops.example.org/privkey.pem", key,
	).Replace(page)
	folder := t.TempDir()
	temporary := ""
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += fmt.Sprintf("%s_temp_path %s;\n", kind, filepath.Join(folder, kind))
	}
	start(t, folder, "nginx", "daemon off; master_process off; pid "+folder+"/pid; error_log stderr;\nevents {}\nhttp {\naccess_log off;\n"+temporary+page+"}\n",
		"-p", folder, "-e", "stderr", "-c")
}

func startCaddy(t *testing.T, page, front, back, certificate, key string) {
	t.Helper()
	_, port, err := net.SplitHostPort(front)
	if err != nil {
		t.Fatal(err)
	}
	page = strings.NewReplacer("desktops.example.org {", "https://desktops.example.org:"+port+" {\n\ttls "+certificate+" "+key, "127.0.0.1:8080", back).Replace(page)
	start(t, t.TempDir(), "caddy", "{\n\tadmin off\n\tauto_https disable_redirects\n\tdefault_bind 127.0.0.1\n}\n"+page, "run", "--adapter", "caddyfile", "--config")
}

// start runs a proxy with a configuration until the test ends.
func start(t *testing.T, folder, program, configuration string, arguments ...string) {
	t.Helper()
	file := filepath.Join(folder, "configuration")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(context.WithoutCancel(t.Context()), program, append(arguments, file)...)
	command.Env = append(os.Environ(), "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	var said strings.Builder
	command.Stderr = &said
	if err := command.Start(); err != nil {
		t.Fatalf("%v; scripts/verify.sh installs it", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		if t.Failed() {
			t.Logf("%s said:\n%s", program, &said)
		}
	})
}

// block is the configuration of a proxy on the page for operators.
func block(t *testing.T, language string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/deploying.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "```"+language+"\n")
	text, _, ended := strings.Cut(rest, "```")
	if !found || !ended {
		t.Fatalf("docs/deploying.md has no %s", language)
	}
	return text
}

// browserAt finds the public name at the proxy, comes from an address of its own, and
// claims another.
func browserAt(t *testing.T, front string, roots *x509.CertPool) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, front)
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: liar{transport}}
}

// liar writes where it comes from into every header that proxies write.
type liar struct{ http.RoundTripper }

func (l liar) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip"} {
		r.Header.Set(name, "198.51.100.7")
	}
	r.Header.Set("Forwarded", "for=198.51.100.7")
	return l.RoundTripper.RoundTrip(r)
}

func ask(t *testing.T, client *http.Client, path, cookie string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html")
	request.Header.Set("Cookie", cookie)
	var answer *http.Response
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) { // until it listens
		if answer, err = client.Do(request); err == nil || time.Now().After(deadline) {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

func get200(t *testing.T, client *http.Client, path, cookie string) string {
	t.Helper()
	answer := ask(t, client, path, cookie) //nolint:bodyclose // ask does, with the test
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s answers %s, %v: %s", path, answer.Status, err, text)
	}
	return string(text)
}

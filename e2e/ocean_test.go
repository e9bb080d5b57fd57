package e2e

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/guacamole/standin"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest/container"
)

const oceanToken = "dop_v1_a_token_of_the_tests"

// TestAGuacamoleDesktopOnDigitalOcean goes the way of the reference from the
// request to the end, with the stand-in for DigitalOcean's API and a real machine
// behind its droplet.
func TestAGuacamoleDesktopOnDigitalOcean(t *testing.T) {
	project, own := machines(t)
	port, guacamole, guacd := standin.Registry(t)
	devices := map[string]incus.Device{}
	if device := standin.Device(port); device != nil {
		devices["registry"] = device
	}
	ocean := oceantest.New(oceantest.Options{
		Token: oceanToken,
		Machines: container.New(own, container.Options{
			Image: dropletImage, Profile: host.Profile, Devices: devices,
		}),
	})
	r := onOcean(t, ocean, "GUACAMOLE_IMAGE="+guacamole, "GUACD_IMAGE="+guacd,
		"NEXT_PUBLIC_STREAM_GATEWAY_HOST={id}.stream.example.org")
	r.project, r.incus = project, own
	ada := r.user("ada@example.org")
	law, err := ada.CreateConstitution(t.Context(), "---\ntitle: A desk in the cloud\n---\n# A desk in the cloud\n")
	if err != nil {
		t.Fatal(err)
	}

	desk, err := ada.Deploy(t.Context(), client.Order{ConstitutionID: law.ID, Region: "fra1", Size: "s-2vcpu-4gb"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if desk.Status != dictumal.Provisioning || desk.Stream != dictumal.Guacamole || desk.Provider != "digitalocean" || desk.PricePerHour == 0 {
		t.Errorf("ordered %+v", desk)
	}
	if _, err := ada.Launch(t.Context(), desk.ID); err == nil || !strings.Contains(err.Error(), "Deployment is not ready yet") {
		t.Errorf("a launch before its time: %v", err)
	}
	desk = r.await(ada, desk.ID, dictumal.Active)
	t.Logf("ACTIVE after %s, with %d calls of DigitalOcean's API", desk.ActiveAt.Sub(desk.CreatedAt).Round(time.Second), len(ocean.Calls()))
	if diff := cmp.Diff(dictumal.Stages(dictumal.Guacamole), r.stages(desk.ID)); diff != "" {
		t.Error(diff)
	}
	for check, up := range desk.Progress.Checks {
		if !up {
			t.Errorf("the check %s is false on an active machine", check)
		}
	}
	if calls := len(ocean.Calls()); calls > 40 {
		t.Errorf("%d calls of DigitalOcean's API, want at most 40", calls)
	}
	t.Run("the launch", func(t *testing.T) { launchGuacamole(t, r, ada, desk) })
	t.Run("the machine", func(t *testing.T) { lookIn(t, r, *desk.IP) })

	if _, err := ada.Destroy(t.Context(), desk.ID); err != nil {
		t.Fatal(err)
	}
	r.await(ada, desk.ID, dictumal.Destroyed)
	if left := r.containers(); len(left) != 0 || len(ocean.Droplets()) != 0 {
		t.Errorf("left behind: %v, %v", left, ocean.Droplets())
	}
	if all, err := ada.Deployments(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("the list = %v, %v; want nothing", all, err)
	}
}

// launchGuacamole goes where the launch sends a browser, and has Guacamole read the token.
func launchGuacamole(t *testing.T, r *rig, ada *client.Client, desk client.Deployment) {
	t.Helper()
	location, err := ada.Launch(t.Context(), desk.ID)
	if err != nil {
		t.Fatal(err)
	}
	entry, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.ToLower(desk.ID) + ".stream.example.org"; entry.Host != want || entry.Path != "/guacamole/" || entry.RawQuery != "" {
		t.Errorf("launched at %s, want https://%s/guacamole/ and the token behind the #", location, want)
	}
	code, header := r.reply(http.MethodGet, "/api/deployments/"+desk.ID+"/launch?target=ip")
	if want := "https://" + *desk.IP + "/guacamole/#/?data="; code != http.StatusFound || !strings.HasPrefix(header.Get("Location"), want) {
		t.Errorf("target=ip gives %d %s", code, header.Get("Location"))
	}
	if header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the headers of a launch = %v", header)
	}
	browser := r.trusting(strings.ToLower(desk.ID)+".stream.example.org", *desk.IP)
	token, err := url.ParseQuery(strings.TrimPrefix(entry.EscapedFragment(), "/?"))
	if err != nil {
		t.Fatal(err)
	}
	status, answer := post(t, browser, "https://"+entry.Host+"/guacamole/api/tokens", token)
	var session struct {
		AuthToken  string `json:"authToken"`
		DataSource string `json:"dataSource"`
	}
	if err := json.Unmarshal([]byte(answer), &session); status != http.StatusOK || err != nil || session.AuthToken == "" || session.DataSource != "json" {
		t.Errorf("Guacamole answers the token with %d %s", status, answer)
	}
	if status, answer := post(t, browser, "https://"+entry.Host+"/guacamole/api/tokens", token); status != http.StatusForbidden {
		t.Errorf("the same token a second time: %d %s, want 403", status, answer)
	}
}

// lookIn looks at the machine from outside.
func lookIn(t *testing.T, r *rig, ip string) {
	t.Helper()
	if got := r.on("sh", "-c", "for unit in vncserver vnc-xstartup nginx guacd guacamole docker; do systemctl is-active $unit; done"); got != strings.Repeat("active\n", 6) {
		t.Errorf("the services of the machine are\n%s", got)
	}
	response, err := session().Get("http://" + ip + "/guacamole/") //nolint:noctx // a test's own
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if to := response.Header.Get("Location"); response.StatusCode/100 != 3 || to != "https://"+ip+"/guacamole/" {
		t.Errorf("port 80 answers %d to %s", response.StatusCode, to)
	}
	for _, port := range []string{"5901", "8080", "4822"} {
		if conn, err := net.DialTimeout("tcp", net.JoinHostPort(ip, port), 2*time.Second); err == nil { //nolint:noctx // a test's own
			_ = conn.Close()
			t.Errorf("port %s is open to the world", port)
		}
	}
}

// onOcean runs the program on a stand-in for DigitalOcean's API.
func onOcean(t *testing.T, ocean *oceantest.Ocean, environ ...string) *rig {
	t.Helper()
	server := httptest.NewServer(ocean)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
		defer cancel()
		if err := ocean.Close(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	r := &rig{t: t, data: filepath.Join(t.TempDir(), "data")}
	r.run(append(environ, "DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR="+r.data,
		"DIGITALOCEAN_API_TOKEN="+oceanToken, "DIGITALOCEAN_API_URL="+server.URL))
	return r
}

// stages are those that a deployment has passed, as its events tell them.
func (r *rig) stages(id string) []dictumal.Stage {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/api/deployments/"+id+"/events", http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Last-Event-ID", "0")
	request.Header.Set("Authorization", "Bearer "+r.token("ada@example.org"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var passed []dictumal.Stage
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	for event := ""; lines.Scan() && !slices.Contains(passed, dictumal.StageActive); {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case field == "event":
			event = value
		case field == "data" && event == "progress":
			var told client.Progress
			if err := json.Unmarshal([]byte(value), &told); err != nil {
				r.t.Fatalf("%s: %v", value, err)
			}
			passed = append(passed, told.Stage)
		}
	}
	return passed
}

func (r *rig) token(email string) string {
	r.t.Helper()
	token, err := r.local().CreateToken(r.t.Context(), client.TokenOrder{User: email})
	if err != nil {
		r.t.Fatal(err)
	}
	return token
}

// reply is an answer as it came, redirects not followed.
func (r *rig) reply(method, path string) (status int, header http.Header) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.url+path, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.token("ada@example.org"))
	response, err := session().Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	return response.StatusCode, response.Header
}

// trusting is a browser that has installed the authority's certificate, and for
// which a name leads to an address.
func (r *rig) trusting(name, address string) *http.Client {
	r.t.Helper()
	status, authority := r.get(&http.Client{}, "/ca.pem")
	roots := x509.NewCertPool()
	if status != http.StatusOK || !roots.AppendCertsFromPEM([]byte(authority)) {
		r.t.Fatalf("GET /ca.pem = %d %s", status, authority)
	}
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
			if host, port, _ := net.SplitHostPort(to); host == name {
				to = net.JoinHostPort(address, port)
			}
			return new(net.Dialer).DialContext(ctx, network, to)
		},
	}}
}

func post(t *testing.T, browser *http.Client, address string, form url.Values) (status int, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewBufferString(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := browser.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

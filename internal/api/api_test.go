package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/api"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
	"github.com/dictumal/dictumal/internal/problem"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

var update = flag.Bool("update", false, "write golden files anew")

const document = "---\ntitle: A desk\n---\n# A desk\n\nBe kind.\n"

// office is the whole program behind the API, without machines that boot.
type office struct {
	*httptest.Server
	t     *testing.T
	store *store.Store
	auth  *auth.Auth
}

// client asks as one user.
type client struct {
	office *office
	token  string
}

type answer struct {
	status int
	header http.Header
	body   string
}

func open(t *testing.T) *office {
	t.Helper()
	return openWith(t, dictumal.Native, "")
}

// openWith has another default stream, and a gateway host.
func openWith(t *testing.T, stream dictumal.Stream, gateway dictumal.GatewayHost) *office {
	t.Helper()
	rows, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	errors := &problem.Answerer{Log: log}
	o := &office{t: t, store: rows, auth: auth.New(auth.Options{Store: rows, Fail: errors.Answer})}
	uses := control.New(control.Options{
		Store: rows, Provider: providertest.NewMemory("test", providertest.Behaviour{}), Codes: o.auth,
		Sealer: secret.NewSealer(bytes.Repeat([]byte("k"), 32)), Wake: func() {},
		Stream: stream, PerUser: 3, Total: 10, MaxTTL: 24 * time.Hour, GatewayHost: gateway,
	})
	mux := http.NewServeMux()
	api.New(api.Options{Control: uses, Auth: o.auth, Principal: auth.FromContext, Errors: errors, Version: "test", Log: log}).Routes(mux)
	o.Server = httptest.NewServer(o.auth.Middleware(mux))
	t.Cleanup(func() {
		o.CloseClientConnections()
		o.Close()
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func (o *office) user(email string) client {
	o.t.Helper()
	user, err := o.auth.User(o.t.Context(), email)
	if err != nil {
		o.t.Fatal(err)
	}
	token, _, err := o.auth.CreateToken(o.t.Context(), dictumal.Principal{User: user, Token: dictumal.SocketToken}, auth.Wish{})
	if err != nil {
		o.t.Fatal(err)
	}
	return client{o, token}
}

func (c client) ask(method, path, body string, header ...string) answer {
	c.office.t.Helper()
	request, err := http.NewRequestWithContext(c.office.t.Context(), method, c.office.URL+path, strings.NewReader(body))
	if err != nil {
		c.office.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		c.office.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.office.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(text)}
}

func (a answer) field(t *testing.T, name string) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal([]byte(a.body), &fields); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	return fmt.Sprint(fields[name])
}

func quoted(document string) string {
	text, _ := json.Marshal(map[string]string{"document": document})
	return string(text)
}

func (c client) constitution() string {
	c.office.t.Helper()
	made := c.ask("POST", "/api/constitutions", quoted(document))
	if made.status != http.StatusCreated {
		c.office.t.Fatalf("creating a constitution = %d %s", made.status, made.body)
	}
	return made.field(c.office.t, "id")
}

func (c client) deploy(constitution string) string {
	c.office.t.Helper()
	made := c.ask("POST", "/api/deployments", `{"constitutionId":"`+constitution+`"}`)
	if made.status != http.StatusCreated {
		c.office.t.Fatalf("deploying = %d %s", made.status, made.body)
	}
	return made.field(c.office.t, "id")
}

// activate brings a deployment to ACTIVE as the reconciler would; change may alter its row.
func (o *office) activate(id string, change ...func(*store.Row)) {
	o.t.Helper()
	row, ok, err := o.store.Claim(o.t.Context(), "test", time.Minute)
	if err != nil || !ok || row.ID != id {
		o.t.Fatalf("claimed %s, %v, %v", row.ID, ok, err)
	}
	row.Status, row.IP, row.HostPublic = dictumal.Active, "10.0.0.9", "ssh-ed25519 AAAA"
	for _, c := range change {
		c(&row)
	}
	if err := o.store.Save(o.t.Context(), row, store.Outcome{Wake: time.Now().Add(time.Hour)}); err != nil {
		o.t.Fatal(err)
	}
}

func TestRefusalsAreOneSentence(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	law := ada.constitution()
	desk := ada.deploy(law)
	tests := map[string]struct {
		method, path, body string
		header             []string
		status             int
		sentence           string
	}{
		"what is not JSON":                 {"POST", "/api/deployments", "{", nil, 400, "The request is not readable as JSON"},
		"a constitution that is missing":   {"POST", "/api/deployments", `{"constitutionId":"none"}`, nil, 404, "There is no such thing here"},
		"a region that is not on offer":    {"POST", "/api/deployments", `{"constitutionId":"` + law + `","region":"mars"}`, nil, 422, `Region "mars" is not on offer; choose one of`},
		"a size that is not on offer":      {"POST", "/api/deployments", `{"constitutionId":"` + law + `","size":"huge"}`, nil, 422, `Size "huge" is not on offer in`},
		"a stream that is not known":       {"POST", "/api/deployments", `{"constitutionId":"` + law + `","stream":"pigeon"}`, nil, 422, `Stream "pigeon" is not known`},
		"a size too small for the stream":  {"POST", "/api/deployments", `{"constitutionId":"` + law + `","stream":"guacamole"}`, nil, 422, `Size "small" has less than 2 GB of memory`},
		"a key that is too long":           {"POST", "/api/deployments", `{"constitutionId":"` + law + `"}`, []string{"Idempotency-Key", strings.Repeat("k", 65)}, 422, "longer than 64 characters"},
		"front matter that is broken":      {"POST", "/api/constitutions", quoted("---\ntitel: x\n---\n# X\n"), nil, 422, "titel"},
		"a stale version":                  {"PUT", "/api/constitutions/" + law, quoted(document + "More.\n"), []string{"If-Match", `"another"`}, 412, "Someone has saved another version"},
		"a desktop that is not ready":      {"GET", "/api/deployments/" + desk + "/launch", "", nil, 409, "Deployment is not ready yet"},
		"a deployment that is missing":     {"GET", "/api/deployments/none", "", nil, 404, "There is no such thing here"},
		"a route that does not exist":      {"GET", "/api/nothing", "", nil, 404, "There is no such thing here"},
		"a launch of one that is missing":  {"GET", "/api/deployments/none/launch", "", nil, 404, "There is no such thing here"},
		"a field that is not known":        {"POST", "/api/deployments", `{"constitutionId":"` + law + `","foo":1}`, nil, 422, "The request does not fit at foo: unexpected property;"},
		"a page that is too long":          {"GET", "/api/deployments?limit=500", "", nil, 422, "The request does not fit at query.limit: expected number <= 200;"},
		"a form where JSON is expected":    {"POST", "/api/deployments", "constitutionId=" + law, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "Content-Type: application/json"},
		"a request without an end":         {"POST", "/api/constitutions", quoted(strings.Repeat("long ", 40_000)), nil, 413, "The request is too large"},
		"the events of one that's missing": {"GET", "/api/deployments/none/events", "", nil, 404, "There is no such thing here"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ada.ask(test.method, test.path, test.body, test.header...)
			if got.status != test.status || !strings.Contains(got.field(t, "detail"), test.sentence) {
				t.Errorf("got %d %s, want %d with %q", got.status, got.body, test.status, test.sentence)
			}
			if got, want := got.header.Get("Content-Type"), "application/problem+json"; got != want {
				t.Errorf("content type = %q, want %q", got, want)
			}
		})
	}
}

func TestNobodyIsToldOnlyThat(t *testing.T) {
	nobody := client{office: open(t)}
	for _, test := range []struct{ method, path, body string }{
		{"POST", "/api/deployments", "{"},
		{"POST", "/api/deployments", "{}"},
		{"GET", "/api/deployments?limit=many", ""},
		{"GET", "/api/constitutions/none/versions/first", ""},
		{"GET", "/api/events", ""},
		{"GET", "/api/deployments/none/launch", ""},
	} {
		got := nobody.ask(test.method, test.path, test.body)
		if got.status != http.StatusUnauthorized || got.field(t, "detail") != "Unauthorized" {
			t.Errorf("%s %s with %q = %d %s, want 401 Unauthorized", test.method, test.path, test.body, got.status, got.body)
		}
	}
}

func TestAFaultInADocumentNamesItsPlace(t *testing.T) {
	got := open(t).user("ada@example.org").ask("POST", "/api/constitutions", quoted("---\ntitle: X\nmachine:\n  colour: red\n---\n# X\n"))
	var p problem.Problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != 422 || len(p.Errors) != 1 {
		t.Fatalf("got %d %s (%v)", got.status, got.body, err)
	}
	if p.Errors[0].Line != 4 || p.Errors[0].Column != 3 {
		t.Errorf("place = %d:%d, want 4:3", p.Errors[0].Line, p.Errors[0].Column)
	}
}

func TestSomeoneElsesObjectLooksMissing(t *testing.T) {
	o := open(t)
	ada, bob := o.user("ada@example.org"), o.user("bob@example.org")
	law := ada.constitution()
	desk := ada.deploy(law)
	for _, route := range []string{
		"GET /api/constitutions/LAW", "PUT /api/constitutions/LAW", "DELETE /api/constitutions/LAW",
		"GET /api/constitutions/LAW/versions", "GET /api/constitutions/LAW/versions/1",
		"GET /api/deployments/DESK", "DELETE /api/deployments/DESK", "GET /api/deployments/DESK/launch", "GET /api/deployments/DESK/events",
		"GET /api/deployments/DESK/receipt",
	} {
		t.Run(route, func(t *testing.T) {
			method, path, _ := strings.Cut(route, " ")
			fill := func(law, desk string) string {
				return strings.NewReplacer("LAW", law, "DESK", desk).Replace(path)
			}
			others := bob.ask(method, fill(law, desk), quoted(document))
			missing := bob.ask(method, fill("none", "none"), quoted(document))
			if others.status != http.StatusNotFound || others.body != missing.body {
				t.Errorf("someone else's = %d %s, missing = %d %s", others.status, others.body, missing.status, missing.body)
			}
			if nobody := (client{office: o}).ask(method, fill(law, desk), quoted(document)); nobody.status != http.StatusUnauthorized {
				t.Errorf("nobody gets %d, want 401", nobody.status)
			}
		})
	}
	if got := bob.ask("GET", "/api/deployments", ""); strings.Contains(got.body, desk) {
		t.Errorf("bob's list holds ada's deployment: %s", got.body)
	}
	if got := ada.ask("GET", "/api/deployments/"+desk, ""); got.field(t, "status") != "PROVISIONING" {
		t.Errorf("ada's deployment is %s after bob's attempts", got.field(t, "status"))
	}
}

func TestTheSameKeyMakesOneDeployment(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	law := ada.constitution()
	var mu sync.Mutex
	statuses, ids := map[int]int{}, map[string]bool{}
	var requests sync.WaitGroup
	for range 12 {
		requests.Go(func() {
			got := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+law+`"}`, "Idempotency-Key", "once")
			mu.Lock()
			defer mu.Unlock()
			statuses[got.status]++
			ids[got.field(t, "id")] = true
		})
	}
	requests.Wait()
	if diff := cmp.Diff(map[int]int{201: 1, 200: 11}, statuses); diff != "" || len(ids) != 1 {
		t.Errorf("statuses differ (-want +got):\n%s%d ids", diff, len(ids))
	}
	other := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+law+`","size":"`+"s-2vcpu-4gb"+`"}`, "Idempotency-Key", "once")
	if other.status != 422 {
		t.Errorf("the key with another body = %d %s, want 422", other.status, other.body)
	}
	if gone := ada.ask("DELETE", "/api/constitutions/"+law, ""); gone.status != http.StatusNoContent {
		t.Fatalf("deleting the constitution = %d %s", gone.status, gone.body)
	}
	late := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+law+`"}`, "Idempotency-Key", "once")
	if late.status != http.StatusOK || !ids[late.field(t, "id")] {
		t.Errorf("the key when its constitution is gone = %d %s, want the deployment", late.status, late.body)
	}
}

func TestAUserHasNoMoreMachinesThanAllowed(t *testing.T) {
	ada := open(t).user("ada@example.org")
	law := ada.constitution()
	for range 3 {
		ada.deploy(law)
	}
	got := ada.ask("POST", "/api/deployments", `{"constitutionId":"`+law+`"}`)
	if got.status != http.StatusConflict || !strings.Contains(got.body, "You have as many machines as allowed (3)") {
		t.Errorf("the fourth = %d %s", got.status, got.body)
	}
}

func TestATokenLaunchesWithACodeInTheFragment(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	desk := ada.deploy(ada.constitution())
	o.activate(desk)
	got := ada.ask("GET", "/api/deployments/"+desk+"/launch", "")
	location := got.header.Get("Location")
	if got.status != http.StatusFound || !strings.HasPrefix(location, "/desktop/"+desk+"#code=") || len(location) < 40 {
		t.Fatalf("launch = %d to %q", got.status, location)
	}
	if strings.Contains(got.body, "code") {
		t.Errorf("the body repeats the code: %s", got.body)
	}
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
		if got := got.header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if ip := ada.ask("GET", "/api/deployments/"+desk+"/launch?target=ip", ""); ip.status != http.StatusConflict {
		t.Errorf("launching by address = %d, want 409 on the native stream", ip.status)
	}
}

func TestALaunchWithoutCredentialsSaysSo(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	another, err := secret.NewSealer(bytes.Repeat([]byte("x"), 32)).Seal([]byte("key"), "")
	if err != nil {
		t.Fatal(err)
	}
	for name, lose := range map[string]func(*store.Row){
		"the key is gone":                    func(r *store.Row) { r.ClientKey = "" },
		"the key was sealed with another":    func(r *store.Row) { r.ClientKey = another },
		"the machine's own key is not known": func(r *store.Row) { r.HostPublic = "" },
	} {
		desk := ada.deploy(ada.constitution())
		o.activate(desk, lose)
		got := ada.ask("GET", "/api/deployments/"+desk+"/launch", "")
		if got.status != http.StatusInternalServerError || got.field(t, "detail") != "Deployment credentials are unavailable" {
			t.Errorf("where %s, launch = %d %s", name, got.status, got.body)
		}
	}
}

func TestASessionOfOneDesktopOpensItAndNothingElse(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	law := ada.constitution()
	desk := ada.deploy(law)
	o.activate(desk)
	other := ada.deploy(law)
	launch := ada.ask("GET", "/api/deployments/"+desk+"/launch", "")
	_, code, _ := strings.Cut(launch.header.Get("Location"), "#code=")
	w := httptest.NewRecorder()
	if err := o.auth.OpenDesktop(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil), code, desk); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/api/deployments/" + desk, 200},
		{"GET", "/api/deployments/" + desk + "/launch", 302},
		{"GET", "/api/deployments/" + desk + "/events", 403},
		{"DELETE", "/api/deployments/" + desk, 403},
		{"GET", "/api/deployments/" + other, 404},
		{"GET", "/api/deployments/" + other + "/launch", 404},
		{"GET", "/api/deployments/" + other + "/events", 404},
		{"DELETE", "/api/deployments/" + other, 404},
		{"GET", "/api/deployments", 403},
		{"GET", "/api/events", 403},
		{"GET", "/api/constitutions", 403},
		{"GET", "/api/constitutions/" + law, 403},
		{"PUT", "/api/constitutions/" + law, 403},
		{"DELETE", "/api/constitutions/" + law, 403},
	} {
		got := client{office: o}.ask(test.method, test.path, quoted(document), "Cookie", w.Header().Get("Set-Cookie"))
		if got.status != test.status {
			t.Errorf("%s %s = %d %s, want %d", test.method, test.path, got.status, got.body, test.status)
		}
	}
}

func TestDestroyingTwiceIsDestroyingOnce(t *testing.T) {
	ada := open(t).user("ada@example.org")
	desk := ada.deploy(ada.constitution())
	for range 2 {
		if got := ada.ask("DELETE", "/api/deployments/"+desk, ""); got.status != http.StatusAccepted || got.field(t, "status") != "DESTROYING" {
			t.Errorf("destroy = %d %s", got.status, got.body)
		}
	}
}

func TestListsComeInPages(t *testing.T) {
	ada := open(t).user("ada@example.org")
	law := ada.constitution()
	ids := []string{ada.deploy(law), ada.deploy(law), ada.deploy(law)}
	first := ada.ask("GET", "/api/deployments?limit=2", "")
	if !strings.Contains(first.body, ids[2]) || strings.Contains(first.body, ids[0]) {
		t.Errorf("first page = %s, want the two newest", first.body)
	}
	next, _, _ := strings.Cut(strings.TrimPrefix(first.header.Get("Link"), "<"), ">")
	second := ada.ask("GET", next, "")
	if !strings.Contains(second.body, ids[0]) || second.header.Get("Link") != "" {
		t.Errorf("second page %q = %s, link %q", next, second.body, second.header.Get("Link"))
	}
}

func TestAVersionNeverChanges(t *testing.T) {
	ada := open(t).user("ada@example.org")
	law := ada.constitution()
	first := ada.ask("GET", "/api/constitutions/"+law, "")
	changed := ada.ask("PUT", "/api/constitutions/"+law, quoted(document+"Be exact.\n"), "If-Match", first.header.Get("ETag"))
	if changed.status != http.StatusOK || changed.field(t, "version") != "2" {
		t.Fatalf("update = %d %s", changed.status, changed.body)
	}
	if again := ada.ask("GET", "/api/constitutions/"+law+"/versions/1", ""); again.body != first.body {
		t.Errorf("version 1 = %s, want %s", again.body, first.body)
	}
	if same := ada.ask("PUT", "/api/constitutions/"+law, quoted(document+"Be exact.\n")); same.field(t, "version") != "2" {
		t.Errorf("saving the same text made version %s", same.field(t, "version"))
	}
	if gone := ada.ask("DELETE", "/api/constitutions/"+law, ""); gone.status != http.StatusNoContent {
		t.Errorf("delete = %d", gone.status)
	}
	if list := ada.ask("GET", "/api/constitutions", ""); list.body != "[]\n" {
		t.Errorf("list after delete = %q", list.body)
	}
}

func TestEventsTellThePresentAndThenWhatHappens(t *testing.T) {
	o := open(t)
	ada := o.user("ada@example.org")
	desk := ada.deploy(ada.constitution())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.URL+"/api/deployments/"+desk+"/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+ada.token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	stream := &reader{from: response.Body}
	stream.until(t, `"status":"PROVISIONING"`)
	stream.until(t, `"stage":"provisioning-droplet","percent":22`)
	ada.ask("DELETE", "/api/deployments/"+desk, "")
	stream.until(t, `"status":"DESTROYING"`)

	resumed := ada.resume(desk, "1")
	defer resumed.close()
	resumed.until(t, `"stage":"provisioning-droplet"`) // number 2, missed after number 1
	if strings.Contains(resumed.seen, `"status":"PROVISIONING"`) {
		t.Errorf("a reader who had seen event 1 was told again: %s", resumed.seen)
	}
}

type reader struct {
	from io.ReadCloser
	seen string
}

func (r *reader) close() { _ = r.from.Close() }

func (r *reader) until(t *testing.T, want string) {
	t.Helper()
	buffer := make([]byte, 4096)
	for !strings.Contains(r.seen, want) {
		n, err := r.from.Read(buffer)
		r.seen += string(buffer[:n])
		if err != nil {
			t.Fatalf("stream ended with %v before %q; seen: %s", err, want, r.seen)
		}
	}
}

func (c client) resume(desk, last string) *reader {
	c.office.t.Helper()
	request, err := http.NewRequestWithContext(c.office.t.Context(), http.MethodGet, c.office.URL+"/api/deployments/"+desk+"/events", http.NoBody)
	if err != nil {
		c.office.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	request.Header.Set("Last-Event-ID", last)
	response, err := http.DefaultClient.Do(request) //nolint:bodyclose // the reader closes it
	if err != nil {
		c.office.t.Fatal(err)
	}
	return &reader{from: response.Body}
}

func TestTheContractIsTheOneThatWasAgreed(t *testing.T) {
	got := client{office: open(t)}.ask("GET", "/api/openapi.json", "")
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, []byte(got.body), "", "  "); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "openapi.json")
	if *update {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), pretty.String()); diff != "" {
		t.Errorf("the OpenAPI document changed (-want +got); run with -update where that is meant:\n%s", diff)
	}
}

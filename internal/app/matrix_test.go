package app_test

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dictumal/dictumal"
)

// Every route is asked for by everybody: the list of routes is what the server has
// registered, so that a new one fails here until somebody has said who may.

func TestEveryRouteHasItsLineInTheMatrix(t *testing.T) {
	r := newRealm(t)
	outside, inside := r.Server.Patterns()
	var here, there []string
	for _, pattern := range outside {
		if !described(pattern) {
			here = append(here, pattern)
		}
	}
	for _, pattern := range inside {
		if _, both := matrix()[pattern]; !both && !described(pattern) {
			there = append(there, pattern)
		}
	}
	same(t, "the server's routes", here, slices.Collect(maps.Keys(matrix())))
	same(t, "the socket's own routes", there, slices.Collect(maps.Keys(local())))
}

func TestEveryRouteAnswersEverybodyAsTheMatrixSays(t *testing.T) {
	r := newRealm(t)
	lines := matrix()
	for _, pattern := range slices.Sorted(maps.Keys(lines)) {
		t.Run(pattern, func(t *testing.T) { r.walk(t, pattern, lines[pattern]) })
	}
}

// What is only for the command line is not there for anybody else.
func TestTheSocketsRoutesAreNowhereElse(t *testing.T) {
	r := newRealm(t)
	for _, pattern := range slices.Sorted(maps.Keys(local())) {
		t.Run(pattern, func(t *testing.T) {
			r.t = t
			e := r.settle(owner, dictumal.Destroying)
			l := line{body: "{}"}
			if got := r.send(t, r.socket, "http://socket", pattern, l, who{}, e); got.code != local()[pattern] {
				t.Errorf("on the socket it answers %d %s, want %d", got.code, got.body, local()[pattern])
			}
			for _, w := range r.asks(all) {
				if got := r.send(t, r.client, r.url, pattern, l, w, e); got.code != http.StatusNotFound && got.code != http.StatusMethodNotAllowed {
					t.Errorf("%s gets %d %s, want none such", w.name, got.code, got.body)
				}
			}
		})
	}
}

// The socket speaks for the local user, who is an administrator: what is somebody
// else's is as administrators have it.
func TestTheSocketSpeaksForAnAdministrator(t *testing.T) {
	r := newRealm(t)
	for pattern, want := range map[string]int{
		"GET /api/deployments/{id}":         http.StatusOK,
		"GET /api/deployments/{id}/launch":  http.StatusForbidden,
		"POST /api/deployments/{id}/extend": http.StatusForbidden,
		"DELETE /api/deployments/{id}":      http.StatusAccepted,
	} {
		e := r.settle(owner, dictumal.Active)
		if got := r.send(t, r.socket, "http://socket", pattern, matrix()[pattern], who{}, e); got.code != want {
			t.Errorf("%s answers %d %s, want %d", pattern, got.code, got.body, want)
		}
	}
}

// Private

// described tells whether a pattern is one of those by which the API describes itself.
func described(pattern string) bool { return strings.HasPrefix(pattern, "GET /api/openapi") }

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s and the lines of the matrix differ (-line +route); say in matrix_table_test.go who may:\n%s", what, diff)
	}
}

// walk has everybody ask for a route, with each object.
func (r *realm) walk(t *testing.T, pattern string, l line) {
	t.Helper()
	r.t = t
	status := l.status
	if status == "" {
		status = dictumal.Active
	}
	objects := []object{own}
	if strings.Contains(pattern, "{id}") {
		objects = []object{own, others, missing}
	}
	var estates map[object]estate
	for _, w := range append(r.asks(l.scope), who{name: confined, known: true}) {
		if estates == nil || !strings.HasPrefix(pattern, "GET ") { // whoever may has changed them
			estates = map[object]estate{
				own: r.settle(owner, status), others: r.settle("stranger", status), missing: {id(), id(), id(), id(), id(), id()},
			}
		}
		if w.name == confined {
			w.cookie = r.session(r.people[owner], time.Now().Add(time.Hour), estates[own].deployment)
		}
		answers := map[object]answer{}
		for _, o := range objects {
			got := r.send(t, r.client, r.url, pattern, l, w, estates[o])
			answers[o] = got
			want := l.want(w, o)
			if want == http.StatusUnauthorized && l.page && strings.HasPrefix(pattern, "GET ") {
				want = http.StatusSeeOther
				if !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
					t.Errorf("%s is sent to %q for %s, want to sign in", w.name, got.header.Get("Location"), o)
				}
			}
			if got.code != want {
				t.Errorf("%s gets %d for %s, want %d: %.300s", w.name, got.code, o, want, got.body)
			}
		}
		if a, b := answers[others], answers[missing]; a.code >= 400 && a.code == b.code {
			if diff := cmp.Diff(b.plain(estates[missing]), a.plain(estates[others])); diff != "" {
				t.Errorf("%s can tell what is somebody else's from what is missing (-missing +other's):\n%s", w.name, diff)
			}
		}
	}
}

type answer struct {
	code   int
	header http.Header
	body   string
}

// plain is an answer without what differs from one request to the next.
func (a answer) plain(e estate) string {
	var text bytes.Buffer
	header := a.header.Clone()
	header.Del("Date")
	_ = header.Write(&text) // to memory
	text.WriteString(a.body)
	return strings.NewReplacer(e.deployment, "ID", e.constitution, "ID", e.grant, "ID", e.token, "ID", e.session, "ID", e.person, "ID").Replace(text.String())
}

func (r *realm) send(t *testing.T, client *http.Client, base, pattern string, l line, w who, e estate) answer {
	t.Helper()
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern+"no-such-thing" // what no other route takes
	}
	request, err := http.NewRequestWithContext(t.Context(), method, base+fill(path, e), strings.NewReader(fill(l.body, e)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", base)
	request.Header.Set("Content-Type", "application/json")
	if l.page {
		request.Header.Set("Accept", "text/html")
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if w.cookie != "" {
		request.AddCookie(&http.Cookie{Name: r.Auth.CookieName(), Value: w.cookie})
	}
	if w.bearer != "" {
		request.Header.Set("Authorization", "Bearer "+w.bearer)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	got := answer{code: response.StatusCode, header: response.Header}
	if response.Header.Get("Content-Type") == "text/event-stream" {
		return got // which never ends
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got.body = string(body)
	return got
}

// fill puts ids in the place of their names. Which {id} is meant, the path tells.
func fill(text string, e estate) string {
	named := e.deployment
	for part, of := range map[string]string{"/constitutions/": e.constitution, "/tokens/": e.token, "/sessions/": e.session, "/people/": e.person} {
		if strings.Contains(text, part) {
			named = of
		}
	}
	return strings.NewReplacer(
		"{id}", named, "{grant}", e.grant, "{version}", "1", "{number}", "0", "{file...}", "app.js", "{provider}", "google", "{$}", "",
		"{until}", url.QueryEscape(time.Now().Add(90*time.Minute).UTC().Format(time.RFC3339Nano)),
	).Replace(text)
}

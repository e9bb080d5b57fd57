package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/store"
)

const plain = "---\ntitle: A desk for two\n---\n# A desk for two\n"

const refused = "This link has been used, has expired or belongs to someone else"

func TestTwoUsersShareNothing(t *testing.T) {
	r := start(t)
	ada, bob := r.user("ada@example.org"), r.user("bob@example.org")
	desk := r.deploy(ada, plain)
	r.await(ada, desk.ID, dictumal.Active)

	if _, err := bob.Deployment(t.Context(), desk.ID); !isMissing(err) {
		t.Errorf("bob sees ada's desktop: %v", err)
	}
	if all, err := bob.Deployments(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("bob's list = %v, %v", all, err)
	}
	if _, err := bob.Launch(t.Context(), desk.ID); !isMissing(err) {
		t.Errorf("bob launches ada's desktop: %v", err)
	}
	if _, err := bob.Destroy(t.Context(), desk.ID); !isMissing(err) {
		t.Errorf("bob destroys ada's desktop: %v", err)
	}
	if got := r.await(ada, desk.ID, dictumal.Active); got.Status != dictumal.Active {
		t.Errorf("ada's desktop is %s", got.Status)
	}
	t.Run("a launch code opens one desktop once", func(t *testing.T) { launchCodes(t, r, ada, desk.ID) })
}

// isMissing tells whether somebody was told that there is nothing.
func isMissing(err error) bool {
	return err != nil && strings.Contains(err.Error(), dictumal.ErrNotFound.Message)
}

// browser is somebody's browser, as far as cookies go.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

func launchCodes(t *testing.T, r *rig, ada *client.Client, desk string) {
	t.Helper()
	fresh := func() string { return r.code(ada, desk) }
	visitor := browser(t)

	code := fresh()
	if status, text := r.redeem(visitor, desk, code); status != http.StatusNoContent {
		t.Fatalf("redeeming a fresh code = %d %s", status, text)
	}
	if err := r.connect(visitor, desk, r.url); err != nil {
		t.Errorf("with the session from the code: %v", err)
	}
	if status, _ := r.get(visitor, "/api/deployments"); status != http.StatusForbidden {
		t.Errorf("the session from a launch code lists deployments: %d", status)
	}
	tests := map[string]struct {
		who  *http.Client
		code string
	}{
		"a code that was used":                             {browser(t), code},
		"a code that nobody made":                          {browser(t), strings.Repeat("A", 26)},
		"a code that has expired":                          {browser(t), r.expired("ada@example.org", desk)},
		"a code in a browser that is signed in as another": {r.signedIn("bob@example.org"), fresh()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			status, text := r.redeem(test.who, desk, test.code)
			if status != http.StatusForbidden || !strings.Contains(text, refused) {
				t.Errorf("got %d %s, want 403 with the sentence", status, text)
			}
		})
	}
	t.Run("a page of another origin", func(t *testing.T) {
		if err := r.connect(visitor, desk, "http://evil.example"); err == nil {
			t.Error("connected")
		}
	})
	t.Run("of a hundred who redeem one code, one wins", func(t *testing.T) {
		code, won := fresh(), 0
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				status, _ := r.redeem(&http.Client{}, desk, code)
				mu.Lock()
				defer mu.Unlock()
				if status == http.StatusNoContent {
					won++
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Errorf("%d won", won)
		}
	})
}

// code launches a desktop with a token and returns the code.
func (r *rig) code(c *client.Client, desk string) string {
	r.t.Helper()
	link, err := c.Launch(r.t.Context(), desk)
	if err != nil {
		r.t.Fatal(err)
	}
	_, code, found := strings.Cut(link, "#code=")
	if !found {
		r.t.Fatalf("launch led to %s, want a code in the fragment", link)
	}
	return code
}

func (r *rig) redeem(who *http.Client, desk, code string) (status int, text string) {
	r.t.Helper()
	body, err := json.Marshal(map[string]string{"code": code})
	if err != nil {
		r.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/desktop/"+desk+"/session", bytes.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	return r.send(who, request)
}

func (r *rig) get(who *http.Client, path string) (status int, text string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, r.url+path, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.send(who, request)
}

func (r *rig) send(who *http.Client, request *http.Request) (status int, text string) {
	r.t.Helper()
	response, err := who.Do(request)
	if err != nil {
		r.t.Error(err)
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Error(err)
	}
	return response.StatusCode, string(answer)
}

// connect opens the viewer's WebSocket from a page of an origin.
func (r *rig) connect(who *http.Client, desk, origin string) error {
	conn, _, err := websocket.Dial(r.t.Context(), r.url+"/desktop/"+desk+"/ws", &websocket.DialOptions{ //nolint:bodyclose // Dial needs nobody to close it
		HTTPClient: who, HTTPHeader: http.Header{"Origin": {origin}},
	})
	if err != nil {
		return err
	}
	return conn.CloseNow()
}

// signedIn is a browser with a session of a user.
func (r *rig) signedIn(email string) *http.Client {
	r.t.Helper()
	var code string
	r.withAuth(time.Now, func(a *auth.Auth) (err error) {
		user, err := a.UserByEmail(r.t.Context(), email)
		if err != nil {
			return err
		}
		code, err = a.SignInCode(r.t.Context(), dictumal.Principal{User: user})
		return err
	})
	who := browser(r.t)
	request, err := http.NewRequestWithContext(r.t.Context(), http.MethodPost, r.url+"/sign-in", strings.NewReader(url.Values{"code": {code}}.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if status, text := r.send(who, request); status != http.StatusOK {
		r.t.Fatalf("signing in = %d %s", status, text)
	}
	return who
}

// expired is a launch code that was made six minutes ago.
func (r *rig) expired(email, desk string) (code string) {
	r.t.Helper()
	earlier := func() time.Time { return time.Now().Add(-6 * time.Minute) }
	r.withAuth(earlier, func(a *auth.Auth) (err error) {
		user, err := a.UserByEmail(r.t.Context(), email)
		if err != nil {
			return err
		}
		code, err = a.LaunchCode(r.t.Context(), dictumal.Principal{User: user}, desk)
		return err
	})
	return code
}

// withAuth works on the program's own rows, at a time of the test's choosing.
func (r *rig) withAuth(now func() time.Time, work func(*auth.Auth) error) {
	r.t.Helper()
	rows, err := store.Open(r.t.Context(), filepath.Join(r.data, "dictumal.db"))
	if err != nil {
		r.t.Fatal(err)
	}
	if err := errors.Join(work(auth.New(auth.Options{Store: rows, Now: now})), rows.Close()); err != nil {
		r.t.Fatal(err)
	}
}

func TestOneKeyMakesOneMachine(t *testing.T) {
	r := start(t)
	ada := r.user("ada@example.org")
	law, err := ada.CreateConstitution(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ids := make(map[string]bool)
	var requests sync.WaitGroup
	for range 20 {
		requests.Go(func() {
			d, err := ada.Deploy(context.WithoutCancel(t.Context()), client.Order{ConstitutionID: law.ID}, "the same key")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			ids[d.ID] = true
		})
	}
	requests.Wait()
	if len(ids) != 1 {
		t.Fatalf("%d deployments from one key", len(ids))
	}
	for id := range ids {
		r.await(ada, id, dictumal.Active)
	}
	if names := r.containers(); len(names) != 1 {
		t.Errorf("machines = %v, want one", names)
	}
}

func TestAVisitorWithoutASessionIsSentToSignIn(t *testing.T) {
	r := start(t)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.url+"/instances", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := session().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	location, err := url.Parse(response.Header.Get("Location"))
	if err != nil || response.StatusCode != http.StatusSeeOther || location.Path != "/sign-in" {
		t.Errorf("got %d to %v (%v), want 303 to /sign-in", response.StatusCode, location, err)
	}
}

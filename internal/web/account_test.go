package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/auth"
)

func TestATokenIsMadeWithTheScopesThatWereTicked(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	if got := ada.post("/account/tokens", url.Values{"name": {"watcher"}, "expires": {"7d"}}); got.status != http.StatusUnprocessableEntity ||
		!strings.Contains(got.body, "A token without a scope opens nothing") || !strings.Contains(got.body, `value="watcher"`) {
		t.Errorf("without a scope it answers %d:\n%s", got.status, got.body)
	}
	made := ada.post("/account/tokens", url.Values{"name": {"watcher"}, "scope": {"launch", "read"}, "expires": {"7d"}})
	_, rest, found := strings.Cut(made.body, `data-copy="`)
	token, _, _ := strings.Cut(rest, `"`)
	if !found || !strings.Contains(made.body, ">read, launch<") {
		t.Fatalf("making it answers %d:\n%s", made.status, made.body)
	}
	for path, want := range map[string]int{"/api/deployments": http.StatusOK, "/api/tokens": http.StatusForbidden} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+path, http.NoBody)
		w.must(err)
		r.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(r)
		w.must(err)
		_ = response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s answers the token %d, want %d", path, response.StatusCode, want)
		}
	}
}

func TestWhoSignedInLongAgoIsAskedToSignInAgain(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	w.later.Store(int64(auth.Fresh))
	if page := ada.get("/account").body; strings.Contains(page, `action="/account/tokens"`) || !strings.Contains(page, `href="/sign-in?again=&amp;next=/account"`) {
		t.Errorf("the page offers to make a token:\n%s", page)
	}
	if got := ada.post("/account/tokens", url.Values{"scope": {"read"}}); got.status != http.StatusForbidden || !strings.Contains(got.body, "sign in again") {
		t.Errorf("making one answers %d:\n%s", got.status, got.body)
	}
	if got := ada.get("/sign-in?again=&next=/account"); got.status != http.StatusOK {
		t.Errorf("signing in again answers %d, %s", got.status, got.location)
	}
	ada.post("/sign-in", url.Values{"code": {w.signInCode("ada@example.org")}})
	if got := ada.post("/account/tokens", url.Values{"scope": {"read"}}); got.status != http.StatusOK {
		t.Errorf("after signing in again it answers %d:\n%s", got.status, got.body)
	}
}

func TestSigningOutEverywhereSparesThisBrowserUnlessAsked(t *testing.T) {
	w := newWorld(t)
	here, there, ben := w.person("ada@example.org"), w.person("ada@example.org"), w.person("ben@example.org")
	link := w.signInCode("ada@example.org")
	here.post("/account/sessions/end", nil)
	for name, test := range map[string]struct {
		who  *person
		want int
	}{"here": {here, 200}, "there": {there, 303}, "somebody else": {ben, 200}} {
		if got := test.who.get("/account"); got.status != test.want {
			t.Errorf("%s answers %d, want %d", name, got.status, test.want)
		}
	}
	if got := w.stranger().post("/sign-in", url.Values{"code": {link}}); got.status != http.StatusForbidden {
		t.Errorf("a link from before still signs in: %d", got.status)
	}
	here.post("/account/sessions/end", url.Values{"here": {"yes"}})
	if got := here.get("/account"); got.status != http.StatusSeeOther {
		t.Errorf("this browser answers %d", got.status)
	}
}

func TestPeopleAreToldOfABrowserThatIsNewToThem(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	const question = "Was this you?"
	if strings.Contains(ada.get("/account").body, question) {
		t.Error("the first browser of all is called new")
	}
	ada.post("/sign-in", url.Values{"code": {w.signInCode("ada@example.org")}})
	if page := ada.get("/account").body; strings.Contains(page, question) || strings.Count(page, `data-name="When"`) != 2 {
		t.Errorf("a browser that comes again is called new, or its sign-ins are not listed:\n%s", page)
	}
	w.person("ada@example.org")
	if !strings.Contains(ada.get("/account").body, question) {
		t.Error("a new browser goes unseen")
	}
	if strings.Contains(w.person("ben@example.org").get("/account").body, question) {
		t.Error("somebody else is told of it")
	}
}

package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/provider/providertest"
	"github.com/dictumal/dictumal/internal/store"
)

const plain = "---\ntitle: A plain desktop\n---\n\n# A plain desktop\n\nFor whatever is lawful.\n"

func TestPagesAreForThoseWhoSignedIn(t *testing.T) {
	w := newWorld(t)
	stranger := w.stranger()
	for path, want := range map[string]string{
		"/instances":                  "/sign-in",
		"/constitutions?x=1":          "/sign-in?next=%2Fconstitutions%3Fx%3D1",
		"/account":                    "/sign-in?next=%2Faccount",
		"/instances/01K/destroy":      "/sign-in?next=%2Finstances%2F01K%2Fdestroy",
		"/constitutions/01K?tab=edit": "/sign-in?next=%2Fconstitutions%2F01K%3Ftab%3Dedit",
	} {
		if got := stranger.get(path); got.status != http.StatusSeeOther || got.location != want {
			t.Errorf("GET %s leads a stranger to %d %s, want %s", path, got.status, got.location, want)
		}
	}
	if got := stranger.post("/instances/01K/destroy", nil); got.status != http.StatusUnauthorized {
		t.Errorf("a stranger's order to destroy answers %d", got.status)
	}
}

func TestSigningInTakesTheLinkOnce(t *testing.T) {
	w := newWorld(t)
	code := w.signInCode("ada@example.org")
	p := w.stranger()
	page := p.get("/sign-in?" + url.Values{"code": {code}, "next": {"/constitutions"}}.Encode())
	if !strings.Contains(page.body, ">Sign in</button>") {
		t.Fatalf("the page has no button to sign in:\n%s", page.body)
	}
	if got := p.post("/sign-in", url.Values{"code": {code}, "next": {"/constitutions"}}); got.location != "/constitutions" {
		t.Fatalf("signing in answers %d %s", got.status, got.location)
	}
	if got := p.get("/constitutions"); got.status != http.StatusOK {
		t.Fatalf("the page answers %d after signing in", got.status)
	}
	again := w.stranger().post("/sign-in", url.Values{"code": {code}})
	if again.status != http.StatusForbidden || !strings.Contains(again.body, "has been used, has expired") {
		t.Errorf("the used link answers %d:\n%s", again.status, again.body)
	}
	if got := p.post("/sign-out", nil); got.location != "/sign-in?signed-out" {
		t.Errorf("signing out leads to %s", got.location)
	}
	if got := p.get("/instances"); got.location != "/sign-in" {
		t.Errorf("the page answers %d %s after signing out", got.status, got.location)
	}
}

func TestSigningInNeverLeadsToAnotherHost(t *testing.T) {
	w := newWorld(t)
	for _, next := range []string{"https://evil.example", "//evil.example", `/\evil.example`, "/a\n/b", "javascript:alert(1)"} {
		got := w.stranger().post("/sign-in", url.Values{"code": {w.signInCode("ada@example.org")}, "next": {next}})
		if got.location != "/instances" {
			t.Errorf("next=%q leads to %q", next, got.location)
		}
	}
}

func TestSomeoneElsesPageIsTheSameAsAMissingOne(t *testing.T) {
	w := newWorld(t)
	ada, eve := w.person("ada@example.org"), w.person("eve@example.org")
	constitution := ada.made(plain)
	instance := ada.deployed(constitution)
	for _, suffix := range []string{"", "/progress", "/log", "/destroy"} {
		compare(t, eve, instance+suffix, "/instances/01HZZZZZZZZZZZZZZZZZZZZZZZ"+suffix)
	}
	for _, suffix := range []string{"", "?tab=edit", "?tab=versions", "?tab=instances", "/deploy"} {
		compare(t, eve, constitution+suffix, "/constitutions/01HZZZZZZZZZZZZZZZZZZZZZZZ"+suffix)
	}
	for _, path := range []string{instance + "/destroy", constitution, constitution + "/deploy", constitution + "/delete"} {
		if got := eve.post(path, url.Values{"document": {plain}}); got.status != http.StatusNotFound {
			t.Errorf("POST %s of someone else's answers %d", path, got.status)
		}
	}
	if got := eve.get("/instances"); strings.Contains(got.body, "A plain desktop") && strings.Contains(got.body, instance) {
		t.Error("someone else's instance is in the list")
	}
}

func compare(t *testing.T, p *person, theirs, missing string) {
	t.Helper()
	a, b := p.get(theirs), p.get(missing)
	if a.status != http.StatusNotFound || b.status != http.StatusNotFound || a.body != b.body {
		t.Errorf("%s answers %d and a missing one %d, alike: %v", theirs, a.status, b.status, a.body == b.body)
	}
}

func TestDeployingAndDestroyingWorkAsPlainForms(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	constitution := ada.post("/constitutions", url.Values{"example": {"welcome.md"}}).location
	form := ada.form(constitution + "/deploy")
	first := ada.post(constitution+"/deploy", form)
	if again := ada.post(constitution+"/deploy", form); again.location != first.location {
		t.Errorf("sending the form twice made %s and %s", first.location, again.location)
	}
	page := ada.get(first.location)
	for _, want := range []string{`data-status="PROVISIONING"`, `data-stage="provisioning-droplet"`, `data-percent="22"`, ">Destroy</button>"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the instance's page has no %s", want)
		}
	}
	if strings.Contains(page.body, "Open Desktop") {
		t.Error("a desktop that is not ready can be opened")
	}
	w.reach(dictumal.Active, dictumal.StageActive)
	list := ada.get("/instances").body
	for _, want := range []string{`data-status="ACTIVE"`, `data-stage="active"`, `data-percent="100"`, ">Open Desktop</a>", "/launch"} {
		if !strings.Contains(list, want) {
			t.Errorf("the card has no %s", want)
		}
	}
	ada.post(first.location+"/destroy", ada.form(first.location+"/destroy"))
	if page := ada.get(first.location); !strings.Contains(page.body, `data-status="DESTROYING"`) || strings.Contains(page.body, ">Destroy</button>") {
		t.Errorf("after destroying, the page says otherwise:\n%s", page.body)
	}
}

func TestDeployingBeyondTheCapSaysSoOnTheForm(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	constitution := ada.made(plain)
	for range 3 {
		ada.deployed(constitution)
	}
	got := ada.post(constitution+"/deploy", ada.form(constitution+"/deploy"))
	if got.status != http.StatusConflict || !strings.Contains(got.body, "as many machines as allowed (3)") || !strings.Contains(got.body, `name="size"`) {
		t.Errorf("the fourth answers %d:\n%s", got.status, got.body)
	}
}

func TestWhatCannotBeSavedComesBackInTheEditor(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	broken := "---\ntitle: T\nmachine:\n  sise: s\n---\n\nMy <precious> words.\n"
	got := ada.post("/constitutions", url.Values{"document": {broken}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `data-line="4" data-column="3"`) ||
		!strings.Contains(got.body, "My &lt;precious&gt; words.") {
		t.Errorf("a broken new document answers %d:\n%s", got.status, got.body)
	}

	constitution := ada.made(plain)
	read := ada.ifMatch(constitution)
	save := func(text string) answer {
		return ada.post(constitution, url.Values{"document": {plain + text}, "ifMatch": {read}})
	}
	if got := save("First.\n"); got.location != constitution {
		t.Fatalf("saving answers %d %s", got.status, got.body)
	}
	late := save("Second.\n")
	if late.status != http.StatusPreconditionFailed || !strings.Contains(late.body, "Second.") || !strings.Contains(late.body, "Another version has been saved") {
		t.Errorf("saving over a newer version answers %d:\n%s", late.status, late.body)
	}
	if got := ada.get(constitution + "?tab=versions"); !strings.Contains(got.body, "<ins>First.</ins>") {
		t.Errorf("the redline does not show what was added:\n%s", got.body)
	}
}

// ifMatch is the hash of the version that the editor shows.
func (p *person) ifMatch(constitution string) string {
	p.Helper()
	_, rest, _ := strings.Cut(p.get(constitution+"?tab=edit").body, `name="ifMatch" value="`)
	hash, _, ok := strings.Cut(rest, `"`)
	if !ok {
		p.Fatal("the editor does not say which version it shows")
	}
	return hash
}

func TestTheEditorIsToldTheEffectOfADocument(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	good := ada.post("/constitutions/check", url.Values{"document": {"---\ntitle: T\nlifetime:\n  ttl: 90m\n---\n"}})
	if !strings.Contains(good.body, `"faults":[]`) || !strings.Contains(good.body, "1 hour 30 minutes") {
		t.Errorf("a good document has the effect %s", good.body)
	}
	bad := ada.post("/constitutions/check", url.Values{"document": {"---\ntitel: T\n---\n"}})
	if !strings.Contains(bad.body, `"line":2`) || !strings.Contains(bad.body, "did you mean title?") {
		t.Errorf("a broken document has the effect %s", bad.body)
	}
}

func TestNothingThatPeopleOrMachinesWriteBecomesMarkup(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	constitution := ada.made("---\ntitle: '" + attack + "'\n---\n\n" + attack + "\n\n[x](javascript:alert(1))\n")
	instance := ada.deployed(constitution)
	w.boot(0, "</pre>"+attack+"\n")
	w.work(func(row *store.Row) {
		row.Status = dictumal.Errored
		row.Failure = &dictumal.Failure{Reason: "bootstrap-failed", Cause: attack, NextStep: attack}
	}, store.Entry{Event: dictumal.Event{Kind: dictumal.EventNote, Text: attack}})
	for _, path := range []string{
		"/instances", "/instances?q=" + url.QueryEscape(attack), instance, instance + "/destroy", instance + "/progress", "/constitutions",
		constitution, constitution + "?tab=edit", constitution + "?tab=versions", constitution + "?tab=instances", constitution + "/deploy",
	} {
		body := ada.get(path).body
		for _, tag := range []string{"<script>", "<img", "javascript:"} {
			if strings.Contains(strings.ReplaceAll(body, "(javascript:alert(1))", ""), tag) {
				t.Errorf("%s holds %s", path, tag)
			}
		}
	}
	log := ada.get(instance + "/log")
	if kind := log.header.Get("Content-Type"); kind != "text/plain; charset=utf-8" || !strings.Contains(log.body, attack) {
		t.Errorf("the log is downloaded as %s: %s", kind, log.body)
	}
}

func TestAProviderThatRefusesLeavesTheConstitutionReadable(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	constitution := ada.made(plain)
	refusal := &dictumal.Refusal{Reason: dictumal.ReasonProviderMissing, Message: "Incus does not answer.", NextStep: "Start it with dictumal setup."}
	w.provider.Fail(providertest.CallCatalog, providertest.Fault{Err: refusal}, providertest.Fault{Err: refusal})
	got := ada.get(constitution)
	if got.status != http.StatusOK || !strings.Contains(got.body, "Start it with dictumal setup.") || !strings.Contains(got.body, "For whatever is lawful.") {
		t.Errorf("the page answers %d:\n%s", got.status, got.body)
	}
}

func TestTheLicencesOfWhatIsInsideCanBeRead(t *testing.T) {
	stranger := newWorld(t).stranger()
	if page := stranger.get("/licenses"); !strings.Contains(page.body, `<a href="/licenses/2">Dictumal</a>`) {
		t.Errorf("the page does not list the works:\n%s", page.body)
	}
	if got := stranger.get("/licenses/1"); got.body != "Mozilla Public License\n" {
		t.Errorf("the first licence is %q", got.body)
	}
	for _, path := range []string{"/licenses/0", "/licenses/3", "/licenses/x"} {
		if got := stranger.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
}

func TestTokensAreShownOnce(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	made := ada.post("/account/tokens", url.Values{"name": {"nightly build"}, "scope": {"read", "launch"}, "expires": {"7d"}})
	if !strings.Contains(made.body, "dictumal_") || made.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("creating a token answers %d:\n%s", made.status, made.body)
	}
	page := ada.get("/account")
	if strings.Contains(page.body, "dictumal_") || !strings.Contains(page.body, "nightly build") {
		t.Error("the token is shown again, or its name is not")
	}
	_, rest, _ := strings.Cut(page.body, `action="/account/tokens/`)
	id, _, _ := strings.Cut(rest, "/")
	if got := w.person("eve@example.org").post("/account/tokens/"+id+"/revoke", nil); got.status != http.StatusNotFound {
		t.Errorf("someone else revokes it: %d", got.status)
	}
	ada.post("/account/tokens/"+id+"/revoke", nil)
	if strings.Contains(ada.get("/account").body, "nightly build") {
		t.Error("a revoked token is in the list")
	}
}

func TestSessionsCanBeEndedFromAnotherBrowser(t *testing.T) {
	w := newWorld(t)
	here, there := w.person("ada@example.org"), w.person("ada@example.org")
	page := here.get("/account").body
	if !strings.Contains(page, "this one") {
		t.Error("the page does not tell which session it is")
	}
	_, rest, _ := strings.Cut(page, `action="/account/sessions/`)
	id, _, _ := strings.Cut(rest, "/")
	here.post("/account/sessions/"+id+"/end", nil)
	if got := there.get("/instances"); got.status != http.StatusSeeOther {
		t.Errorf("the ended session answers %d", got.status)
	}
	if got := here.get("/instances"); got.status != http.StatusOK {
		t.Errorf("the session that stays answers %d", got.status)
	}
}

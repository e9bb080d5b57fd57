package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/store"
)

// endsIn makes the deployment that is due ACTIVE, and its end near: it lives for so
// long and a moment.
func (w *world) endsIn(left time.Duration) {
	w.Helper()
	w.work(func(row *store.Row) {
		row.Status, row.Progress.Stage, row.IP = dictumal.Active, dictumal.StageActive, "10.0.0.7"
		row.ExpiresAt = row.CreatedAt.Add(left + time.Microsecond)
	}, store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Active, Text: "The desktop is ready."}})
}

func (w *world) fails() {
	w.Helper()
	w.work(func(row *store.Row) {
		row.Status, row.ErrorAt = dictumal.Errored, time.Now()
		row.Failure = &dictumal.Failure{Reason: dictumal.ReasonConfiguringTimeout, Cause: "It took too long.", NextStep: "Try again."}
	}, store.Entry{Event: dictumal.Event{Kind: dictumal.EventStatus, Status: dictumal.Errored, Text: "It took too long."}})
}

func TestAnEndThatIsNearIsExtendedWithoutScripts(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.person("ada@example.org"), w.person("bob@example.org")
	instance := ada.deployed(ada.made(plain))
	id := strings.TrimPrefix(instance, "/instances/")
	w.endsIn(15 * time.Minute)
	list := ada.get("/instances").body
	contains(t, list, `data-tone="calm"`, `by <span class="mono">lifetime.ttl</span>`, "in 14 minutes", "Extend by 1 hour")
	until := regexp.MustCompile(`name="until" value="([^"]+)"`).FindStringSubmatch(list)[1]
	form := url.Values{"until": {until}, "back": {"list"}}
	if got := bob.post(instance+"/extend", form); got.status != http.StatusNotFound {
		t.Errorf("bob's attempt answers %d", got.status)
	}
	for range 2 { // a double click is one hour
		if got := ada.post(instance+"/extend", form); got.status != http.StatusSeeOther || got.location != "/instances#card-"+id {
			t.Errorf("extending answers %d %s", got.status, got.location)
		}
	}
	lacks(t, ada.get("/instances").body, `class="ending"`)
	page := ada.get(instance).body
	contains(t, page, ">Lifetime</h2>", "in 1 hour", "The lifetime was extended by 1 hour to", "by ada@example.org.")
	if n := strings.Count(page, "The lifetime was extended"); n != 1 {
		t.Errorf("it was extended %d times", n)
	}
	if got := ada.post(instance+"/extend", url.Values{"until": {"soon"}}); got.status != http.StatusBadRequest {
		t.Errorf("a broken form answers %d", got.status)
	}
	if got := ada.post(instance+"/extend", url.Values{"until": {time.Now().Add(48 * time.Hour).Format(time.RFC3339)}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "DICTUMAL_MAX_TTL") {
		t.Errorf("too much answers %d:\n%s", got.status, got.body)
	}
}

func TestAFailedDesktopIsTriedAgainWithOneClick(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.person("ada@example.org"), w.person("bob@example.org")
	instance := ada.deployed(ada.made(plain))
	w.fails()
	contains(t, ada.get(instance).body, ">Try again</button>", ">Deploy with changes</a>")
	if got := bob.post(instance+"/retry", nil); got.status != http.StatusNotFound {
		t.Errorf("bob's attempt answers %d", got.status)
	}
	first, second := ada.post(instance+"/retry", nil), ada.post(instance+"/retry", nil)
	if first.status != http.StatusSeeOther || first.location == instance || second.location != first.location {
		t.Errorf("trying again answers %d %s, then %d %s", first.status, first.location, second.status, second.location)
	}
	contains(t, ada.get(first.location).body, "Tried again after "+strings.TrimPrefix(instance, "/instances/"))
	lacks(t, ada.get(instance).body, "Try again</button>")
}

func TestSeveralAreDestroyedWithoutScripts(t *testing.T) {
	w := newWorld(t)
	ada, bob := w.person("ada@example.org"), w.person("bob@example.org")
	law := ada.made(plain)
	first, second, others := ada.deployed(law), ada.deployed(law), bob.deployed(bob.made(strings.ReplaceAll(plain, "A plain desktop", "Bob's own")))
	id := func(instance string) string { return strings.TrimPrefix(instance, "/instances/") }
	contains(t, ada.get("/instances").body, `name="id" value="`+id(first)+`" form="several"`, `id="several" action="/instances/destroy"`)

	chosen := url.Values{"id": {id(first), id(second), id(others), "none"}}
	asks := ada.get("/instances/destroy?" + chosen.Encode()).body
	contains(t, asks, "Destroy these 2 desktops?", "A plain desktop", "cannot be undone", "Destroy all 2")
	lacks(t, asks, "Bob", id(others))
	contains(t, ada.get("/instances/destroy?id=none").body, "Nothing is selected")

	if got := ada.post("/instances/destroy", url.Values{"id": {id(first), id(second)}}); got.status != http.StatusSeeOther || got.location != "/instances" {
		t.Errorf("destroying answers %d %s", got.status, got.location)
	}
	if got := ada.post("/instances/destroy", url.Values{"id": {id(others)}}); got.status != http.StatusNotFound {
		t.Errorf("ada's attempt at bob's answers %d", got.status)
	}
	for path, want := range map[string]string{first: "DESTROYING", second: "DESTROYING"} {
		contains(t, ada.get(path).body, `data-status="`+want+`"`)
	}
	contains(t, bob.get(others).body, `data-status="PROVISIONING"`)
}

func TestSeveralAreSelectedAndDestroyedInABrowser(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	law := ada.made(plain)
	ada.deployed(law)
	ada.deployed(law)
	page := w.browser()
	page.Goto(w.URL + "/instances")
	if browsertest.Eval[bool](page, `document.querySelector("#several").checkVisibility()`) {
		t.Error("the bar is there before anything is selected")
	}
	page.WaitFor(`document.querySelectorAll(".pick input").length === 2`)
	browsertest.Eval[bool](page, `(document.querySelectorAll(".pick input")[0].click(), true)`)
	page.WaitFor(`document.querySelector("#several").checkVisibility() && document.querySelector("[data-destroys]").textContent === "Destroy 1 desktop"`)
	browsertest.Eval[bool](page, `(document.querySelectorAll(".pick input")[1].click(), true)`)
	page.WaitFor(`document.querySelector("[data-picked]").textContent === "2 desktops selected"`)
	w.reach(dictumal.Configuring, dictumal.InstallingPackages)
	page.WaitFor(`document.querySelector("#cards [data-percent='48']")`)
	page.WaitFor(`document.querySelectorAll(".pick :checked").length === 2`)
	picture(page, "live-several")
	page.Click("[data-destroys]")
	page.WaitFor(`document.querySelector("#destroy[open] h1")?.textContent === "Destroy these 2 desktops?"`)
	page.WaitFor(`document.activeElement.textContent === "Keep them"`)
	picture(page, "live-destroy-several")
	page.Click("#destroy button.danger")
	page.WaitFor(`document.querySelectorAll("[data-status=DESTROYING]").length === 2 && !document.querySelector(".pick")`)
	complain(t, page)
}

func TestExtendingInABrowserStaysOnThePage(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	ada.deployed(ada.made(plain))
	w.endsIn(5 * time.Minute)
	page := w.browser()
	page.Goto(w.URL + "/instances")
	page.WaitVisible(".ending[data-tone=urgent]")
	page.WaitFor(`document.querySelector(".ending time").textContent === "in 4 minutes"`)
	// Whatever draws it anew, it counts down from what it says.
	page.WaitFor(`(time => { time.dataset.left = 30; return /^in 2\d seconds$/.test(time.textContent) })(document.querySelector(".ending time"))`)
	browsertest.Eval[bool](page, `(window.stayed = true)`)
	page.Click("text=Extend by 1 hour")
	page.WaitFor(`!document.querySelector(".ending") && document.querySelector(".terms time").textContent === "in 1 hour"`)
	if !browsertest.Eval[bool](page, `window.stayed === true`) {
		t.Error("the page was left")
	}
	complain(t, page)
}

package web_test

import (
	"flag"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/store"
)

// browser is a real one in which ada has signed in.
func (w *world) browser() *browsertest.Page {
	w.Helper()
	page := browsertest.Open(w.T).Page(w.T)
	page.Resize(1440, 900)
	page.Goto(w.URL + "/sign-in?code=" + w.signInCode("ada@example.org"))
	page.Click("text=Sign in")
	arrive(page, "/instances")
	return page
}

// arrive waits until another page has come, scripts included.
func arrive(page *browsertest.Page, path string) {
	page.WaitFor(`location.pathname === "` + path + `" && document.readyState === "complete"`)
}

// picture is taken only where somebody asked for screenshots.
func picture(page *browsertest.Page, name string) {
	if folder := flag.Lookup("shots").Value.String(); folder != "" {
		page.Screenshot(filepath.Join(folder, name+".png"), 1440, 900, false, false)
	}
}

func complain(t *testing.T, page *browsertest.Page) {
	t.Helper()
	if errors := page.Errors(); len(errors) > 0 {
		t.Errorf("the page reported %q", errors)
	}
}

func TestFromWritingToDestroyingInABrowser(t *testing.T) {
	w := newWorld(t)
	page := w.browser()

	page.Press("n")
	page.WaitVisible("#editor textarea")
	page.Fill("#editor textarea", "---\ntitle: My desk\nlifetime:\n  tll: 2h\n---\n")
	page.WaitFor(`document.querySelector("#faults").innerText.includes("did you mean lifetime.ttl?")`)
	page.WaitFor(`document.querySelector(".lines u").textContent === "tll"`)
	page.Fill("#editor textarea", "---\ntitle: My desk\nlifetime:\n  ttl: 2h\n---\n\nMine.\n")
	page.WaitFor(`document.querySelector("#meaning").innerText.includes("after 2 hours")`)
	browsertest.Eval[bool](page, `(dispatchEvent(new KeyboardEvent("keydown", { key: "s", ctrlKey: true })), true)`)
	page.WaitFor(`document.querySelector(".document")?.innerText.includes("Mine.")`)

	page.Click("text=Deploy")
	page.Click("input[value=large]")
	page.Click("text=Deploy for $0.10 an hour")
	page.WaitFor(`document.querySelector("dialog #watch [data-percent='22']")`)
	w.reach(dictumal.Configuring, dictumal.InstallingPackages)
	page.WaitFor(`document.querySelector("dialog #watch [data-percent='48']")`)
	w.boot(0, "Setting up the desk\n")
	page.WaitFor(`document.querySelector("dialog [data-lines]").textContent === "Setting up the desk\n"`)
	picture(page, "live-deploying")
	w.reach(dictumal.Active, dictumal.StageActive)
	page.WaitVisible("text=Open Desktop")
	picture(page, "live-deployed")
	page.Click(`dialog [aria-label=Close]`)
	page.WaitFor(`location.pathname.startsWith("/instances/") && document.querySelector("#head[data-status=ACTIVE]")`)

	page.Click("text=Destroy")
	page.WaitFor(`document.activeElement.textContent === "Keep it"`)
	picture(page, "live-destroy")
	page.Click("dialog[open] button.danger")
	page.WaitFor(`document.querySelector("#head[data-status=DESTROYING]")`)
	page.Goto(w.URL + "/instances")
	page.WaitVisible("[data-status=DESTROYING]")
	w.reach(dictumal.Destroyed, dictumal.StageActive)
	page.WaitFor(`!document.querySelector("[data-deployment]")`)
	complain(t, page)
}

func TestLiveUpdatesTakeNeitherFocusNorScroll(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	w.reach(dictumal.Configuring, dictumal.InstallingPackages)
	w.boot(0, strings.Repeat("a line of the boot log\n", 100))
	page := w.browser()
	page.Goto(w.URL + instance)
	browsertest.Eval[bool](page, `(document.querySelector("[data-find]").focus(), document.querySelector("[data-lines]").scrollTop = 40, scrollTo(0, 100), true)`)
	page.WaitFor(`!document.querySelector("[data-follow]").checked`)
	w.boot(2300, "one more line\n")
	w.reach(dictumal.Configuring, dictumal.StartingDesktop)
	page.WaitFor(`document.querySelector("#progress[data-percent='62']")`)
	page.WaitFor(`document.querySelector("[data-lines]").textContent.endsWith("one more line\n")`)
	if !browsertest.Eval[bool](page, `document.activeElement.matches("[data-find]") && scrollY === 100 && document.querySelector("[data-lines]").scrollTop === 40`) {
		t.Error("the focus or a scroll has moved")
	}
	if title := browsertest.Eval[string](page, `document.title`); !strings.HasPrefix(title, "62 %") {
		t.Errorf("the tab is called %q", title)
	}
	if said := browsertest.Eval[string](page, `document.querySelector("#said").textContent`); !strings.Contains(said, "Starting the desktop") {
		t.Errorf("screen readers are told %q", said)
	}
	complain(t, page)
}

func TestWhatEndsBeforeTheStreamBeginsIsNotMissed(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	ada.deployed(ada.made(plain))
	w.reach(dictumal.Destroying, dictumal.ProvisioningDroplet)
	page := w.browser()
	begin := make(chan struct{})
	w.late.Store(&begin)
	page.Goto(w.URL + "/instances")
	page.WaitVisible("[data-status=DESTROYING]")
	w.reach(dictumal.Destroyed, dictumal.ProvisioningDroplet)
	close(begin)
	page.WaitFor(`!document.querySelector("[data-deployment]")`)
}

func TestWithoutAStreamThePageAsks(t *testing.T) {
	w := newWorld(t)
	w.deaf.Store(true)
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	page := w.browser()
	page.Goto(w.URL + instance)
	page.WaitVisible("#head[data-status=PROVISIONING]")
	w.reach(dictumal.Configuring, dictumal.InstallingPackages)
	page.WaitVisible("#head[data-status=CONFIGURING]")

	w.must(w.auth.EndSession(t.Context(), w.operator("ada@example.org"), w.sessions("ada@example.org")[0].ID))
	w.must(w.auth.EndSession(t.Context(), w.operator("ada@example.org"), w.sessions("ada@example.org")[0].ID))
	page.WaitFor(`document.querySelector("#connection")?.innerText.includes("Your session has ended")`)
	picture(page, "live-session-ended")
}

func TestWhatWasWrittenOutlivesTheSession(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.Goto(w.URL + "/constitutions/new")
	page.Fill("#editor textarea", "---\ntitle: Long work\n---\n")
	page.WaitFor(`document.querySelector("#meaning[aria-busy=false]")`)
	w.must(w.auth.EndSession(t.Context(), w.operator("ada@example.org"), w.sessions("ada@example.org")[0].ID))
	page.Click("text=Save")
	page.WaitVisible("text=Sign in")
	page.Goto(w.URL + "/sign-in?code=" + w.signInCode("ada@example.org") + "&next=/constitutions/new")
	page.Click("text=Sign in")
	arrive(page, "/constitutions/new")
	page.WaitFor(`document.querySelector("#editor textarea").value.includes("Long work")`)
	page.WaitVisible("#restored")
	page.Click("text=Save")
	page.WaitFor(`document.querySelector("h1").textContent === "Long work" && document.readyState === "complete"`)
	page.Goto(w.URL + "/constitutions/new")
	page.WaitFor(`document.readyState === "complete" && !document.querySelector("#editor textarea").value.includes("Long work")`)
}

func TestWhatWasWrittenIsGoneWhenItsWriterSignsOut(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.Goto(w.URL + "/account")
	browsertest.Eval[bool](page, `(sessionStorage.setItem("draft " + document.body.dataset.user + " /constitutions", "Long work"), true)`)
	page.Click("text=Sign out")
	page.WaitFor(`location.search === "?signed-out" && !JSON.stringify(sessionStorage).includes("Long work")`)
}

func TestACardShowsTheDesktopAsItWasLastSeen(t *testing.T) {
	w := newWorld(t)
	ada := w.person("ada@example.org")
	id := strings.TrimPrefix(ada.deployed(ada.made(plain)), "/instances/")
	w.reach(dictumal.Active, dictumal.StageActive)
	page := w.browser()
	browsertest.Eval[bool](page, `(localStorage.setItem("desktop `+id+`", document.createElement("canvas").toDataURL()), true)`)
	page.Reload()
	page.WaitFor(`document.querySelector(".thumbnail img")`)
	w.reach(dictumal.Destroying, dictumal.StageActive)
	page.WaitFor(`document.querySelector("[data-status=DESTROYING]")`)
	page.WaitFor(`!localStorage.getItem("desktop ` + id + `")`)
	complain(t, page)
}

func TestKeysLeadAround(t *testing.T) {
	w := newWorld(t)
	page := w.browser()
	page.Press("g")
	page.Press("c")
	arrive(page, "/constitutions")
	page.Press("?")
	page.WaitVisible("dialog#help[open]")
	browsertest.Eval[bool](page, `(document.querySelector("#help").close(), true)`)
	page.Press("g")
	page.Press("i")
	arrive(page, "/instances")
	complain(t, page)
}

// Private

func (w *world) userID(email string) string {
	w.Helper()
	user, err := w.auth.User(w.Context(), email)
	w.must(err)
	return user.ID
}

// operator speaks for somebody as the command line's socket does.
func (w *world) operator(email string) dictumal.Principal {
	w.Helper()
	user, err := w.auth.User(w.Context(), email)
	w.must(err)
	return dictumal.Principal{User: user, Token: dictumal.SocketToken}
}

func (w *world) sessions(email string) []store.Session {
	w.Helper()
	sessions, err := w.auth.Sessions(w.Context(), w.operator(email))
	w.must(err)
	return sessions
}

// withoutStreams answers as a proxy that cannot pass on events.
func (w *world) withoutStreams(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if late := w.late.Load(); late != nil && strings.HasSuffix(r.URL.Path, "/events") {
			<-*late
		}
		if w.deaf.Load() && strings.HasSuffix(r.URL.Path, "/events") {
			http.Error(rw, "no streams here", http.StatusBadGateway)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

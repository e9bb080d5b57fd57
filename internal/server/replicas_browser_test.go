package server

import (
	"context"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/store"
)

// TestViewersAndPagesComeBackAtAnotherReplica has somebody look at a desktop, and at how
// another is made, while the server that they have come to is killed, falls silent and
// is stopped in good order.
func TestViewersAndPagesComeBackAtAnotherReplica(t *testing.T) {
	browser := browsertest.Open(t)
	host := machinetest.Start(t)
	host.Desktop("1280x800")
	front := newBalancer(t)
	r := newReplicas(t, func(r *replicas) { r.host, r.url.Host = host, front.listener.Addr().String() })
	for _, one := range r.all {
		front.add(one)
	}
	desktop, making := r.desktop(r.all[0], "ada@example.org"), r.making("ada@example.org")
	viewer, pages := browser.Page(t), browser.Page(t)
	r.enter(viewer, "/desktop/"+desktop)
	viewer.WaitFor(`document.body.dataset.state === "connected"`)
	r.enter(pages, "/instances")
	pages.WaitFor(`document.querySelector("[data-deployment='` + making + `']")`)

	for _, end := range []struct {
		name  string
		stage dictumal.Stage
		word  string // what the viewer is told
		does  func()
	}{
		{"killed", dictumal.InstallingPackages, "The connection was lost", func() { front.kill(0) }},
		{"silent", dictumal.StartingDesktop, "The connection was lost", func() {
			front.put(0, true)
			t.Cleanup(front.silence(1))
		}},
		{"stopped", dictumal.SecuringStream, "The server is restarting", func() {
			front.add(r.start())
			r.all[0].Leave()
			front.awaitDown(0)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			r.must(r.all[0].Shutdown(ctx))
		}},
	} {
		browsertest.Eval[bool](viewer, `(window.seen = [], window.eye?.disconnect(), (window.eye = new MutationObserver(() =>
			window.seen.push(document.body.dataset.state + " " + document.querySelector("#notice h1").textContent)))
			.observe(document.body, {attributes: true, attributeFilter: ["data-state"]}), true)`)
		begun := time.Now()
		end.does()
		viewer.WaitFor(`window.seen.includes("lost ` + end.word + `")`)
		viewer.WaitFor(`document.body.dataset.state === "connected" && !document.querySelector("#screen > .last")`)
		t.Logf("%s: the picture was back after %s", end.name, time.Since(begun).Round(10*time.Millisecond))
		r.reach(making, end.stage)
		begun = time.Now()
		pages.WaitFor(`document.querySelector("[data-deployment='` + making + `'][data-stage='` + string(end.stage) + `']")`)
		t.Logf("%s: the page knew of what happened then after %s", end.name, time.Since(begun).Round(10*time.Millisecond))
	}
}

// enter opens a page as ada, who signs in for it.
func (r *replicas) enter(page *browsertest.Page, path string) {
	r.t.Helper()
	code, err := r.all[0].people.SignInCode(r.t.Context(), r.owner("ada@example.org"))
	r.must(err)
	page.Resize(1440, 900)
	page.Goto(r.url.String() + "/sign-in?code=" + code + "&next=" + path)
	page.Click("text=Sign in")
	page.WaitFor(`location.pathname === "` + path + `" && document.readyState === "complete"`)
}

// making is a desktop on its way.
func (r *replicas) making(email string) string {
	r.t.Helper()
	id := r.desktop(r.all[0], email)
	row := r.claim(r.all[0], id)
	row.Status, row.Progress.Stage = dictumal.Configuring, dictumal.WaitingForIP
	r.must(r.all[0].rows.Save(r.t.Context(), row, store.Outcome{Wake: time.Now()}))
	return id
}

// reach takes a desktop to a stage, at a replica that nobody looks through.
func (r *replicas) reach(id string, stage dictumal.Stage) {
	r.t.Helper()
	row := r.claim(r.all[0], id)
	row.Progress.Stage = stage
	told := store.Entry{Event: dictumal.Event{Kind: dictumal.EventProgress, Stage: stage}}
	r.must(r.all[0].rows.Save(r.t.Context(), row, store.Outcome{Entries: []store.Entry{told}, Wake: time.Now()}))
}

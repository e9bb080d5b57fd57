package web_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
	"github.com/dictumal/dictumal/internal/store"
)

// desktop shows a real VNC server behind a real sshd to whoever has signed in.
func (w *world) desktop() {
	w.Helper()
	host := machinetest.Start(w.T)
	host.Desktop("1280x800")
	dialer := machine.NewDialer(slog.New(slog.DiscardHandler))
	streams := gateway.New(dialer, slog.New(slog.DiscardHandler))
	w.viewer = func(rw http.ResponseWriter, r *http.Request) {
		if _, ok := auth.FromRequest(r); !ok {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		streams.Serve(rw, r, gateway.Viewer{Target: host.Target, Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth})
	}
	w.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(w.Context()), 10*time.Second)
		defer cancel()
		_ = streams.Drain(ctx)
		_ = dialer.Close()
	})
}

func TestSigningOutEverywhereEndsTheDesktopsAndPagesOfOtherBrowsers(t *testing.T) {
	w := newWorld(t)
	w.desktop()
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	w.reach(dictumal.Active, dictumal.StageActive)
	w.work(func(row *store.Row) { row.HostPublic = "ssh-ed25519 AAAA" })

	watching, viewing, here := w.browser(), w.browser(), w.browser()
	watching.Goto(w.URL + instance)
	watching.WaitVisible("#head[data-status=ACTIVE]")
	viewing.Goto(w.URL + "/desktop" + instance[len("/instances"):])
	viewing.WaitFor(`document.body.dataset.state === "connected"`)

	here.Goto(w.URL + "/account")
	here.Click("text=Sign out everywhere")
	began := time.Now()
	viewing.WaitFor(`document.body.dataset.state === "gone" && document.querySelector("#notice h1").textContent === "You may no longer see this desktop"`)
	t.Logf("the desktop was closed after %s", time.Since(began).Round(time.Millisecond))
	watching.WaitFor(`document.querySelector("#connection")?.innerText.includes("Your session has ended")`)
	t.Logf("the page knew after %s", time.Since(began).Round(time.Millisecond))
	here.WaitFor(`document.querySelectorAll("[aria-labelledby=sessions-title] tbody tr").length === 1`)
	if browsertest.Eval[bool](here, `location.pathname !== "/account"`) {
		t.Error("the browser that has asked was signed out, too")
	}
}

func TestBlockingSomebodyEndsTheirDesktopsAndPagesAndNoMachine(t *testing.T) {
	w := newWorld(t)
	w.desktop()
	ada := w.person("ada@example.org")
	instance := ada.deployed(ada.made(plain))
	w.reach(dictumal.Active, dictumal.StageActive)
	w.work(func(row *store.Row) { row.HostPublic = "ssh-ed25519 AAAA" })

	watching, viewing := w.browser(), w.browser()
	watching.Goto(w.URL + instance)
	watching.WaitVisible("#head[data-status=ACTIVE]")
	viewing.Goto(w.URL + "/desktop" + instance[len("/instances"):])
	viewing.WaitFor(`document.body.dataset.state === "connected"`)

	began := time.Now()
	w.administrator().post("/people/"+w.id("ada@example.org")+"/block", nil)
	viewing.WaitFor(`document.body.dataset.state === "gone" && document.querySelector("#notice h1").textContent === "You may no longer see this desktop"`)
	t.Logf("the desktop was closed after %s", time.Since(began).Round(time.Millisecond))
	watching.WaitFor(`document.querySelector("#connection")?.innerText.includes("Your session has ended")`)
	t.Logf("the page knew after %s", time.Since(began).Round(time.Millisecond))
	d, err := w.store.Deployment(t.Context(), instance[len("/instances/"):])
	w.must(err)
	if d.Status != dictumal.Active {
		t.Errorf("the desktop is %s, and should go on", d.Status)
	}
}

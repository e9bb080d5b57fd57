//go:build pictures

package web

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/gateway"
)

// TestDesktopScreenshots is for people: it pictures the viewer in every state,
// on wide and narrow windows, by day and by night.
//
//	go test -tags pictures ./internal/web -run TestDesktopScreenshots -shots /tmp/shots
func TestDesktopScreenshots(t *testing.T) {
	browser, desk := browsertest.Open(t), newDesk(t)
	for _, state := range []struct {
		name  string
		reach func(page *browsertest.Page)
	}{
		{"connected", func(*browsertest.Page) {}},
		{"clipboard", func(page *browsertest.Page) {
			page.Click("#clipboard")
			page.Fill("#clipboard-text", "A line of text\nand another")
		}},
		{"keys", func(page *browsertest.Page) { page.Click("#keys") }},
		{"lost", func(page *browsertest.Page) {
			page.Offline(true)
			desk.dialer.Forget(desk.deployment.ID)
			page.WaitFor(`document.body.dataset.state === "lost"`)
		}},
		{"restarting", func(page *browsertest.Page) {
			page.Offline(true)
			desk.gateway.End(desk.deployment.ID, gateway.EndShutdown)
			page.WaitFor(`document.querySelector("#notice h1").textContent === "The server is restarting"`)
		}},
		{"destroyed", func(page *browsertest.Page) {
			desk.gateway.End(desk.deployment.ID, gateway.EndDestroyed)
			page.WaitFor(`document.body.dataset.state === "gone"`)
		}},
	} {
		t.Run(state.name, func(t *testing.T) { // whose end closes the page, which would fight over the desktop's size
			page := desk.visit(t, browser)
			page.WaitFor(`!document.querySelector("#trip").hidden`)
			state.reach(page)
			picture(page, "desktop-"+state.name)
		})
	}
	far := desk.deployment.ExpiresAt
	for name, left := range map[string]time.Duration{"calm": 14 * time.Minute, "urgent": 4 * time.Minute} {
		desk.change(func() { desk.deployment.ExpiresAt = time.Now().Add(left) })
		t.Run(name, func(t *testing.T) {
			page := desk.visit(t, browser)
			page.WaitFor(`document.querySelector("#ending p").textContent !== ""`)
			picture(page, "desktop-ending-"+name)
		})
	}
	desk.change(func() {
		desk.deployment.ExpiresAt, desk.deployment.Status = far, dictumal.Destroying
		desk.why = "The lifetime of 8 hours that the constitution grants is over (lifetime.ttl); the machine is being removed."
	})
	t.Run("ended", func(t *testing.T) {
		page := desk.visit(t, browser)
		desk.gateway.End(desk.deployment.ID, gateway.EndDestroyed)
		page.WaitFor(`document.querySelector("#notice .detail").textContent !== ""`)
		picture(page, "desktop-ended")
	})
	desk.change(func() {
		desk.deployment.Status, desk.why = dictumal.Active, ""
		desk.deployment.Policy.Stream.Control = dictumal.ControlViewOnly
		desk.deployment.Policy.Stream.Clipboard = dictumal.ClipboardNone
		desk.deployment.ExpiresAt = time.Now().Add(4 * time.Minute)
	})
	picture(desk.visit(t, browser), "desktop-view-only")
	desk.change(func() { desk.open, desk.code = false, "" })
	page := browser.Page(t)
	page.Goto(desk.url + "/desktop/d#code=used")
	page.WaitFor(`document.body.dataset.state === "gone"`)
	picture(page, "desktop-used-link")
}

func picture(page *browsertest.Page, name string) {
	for width, size := range map[int]string{1440: "wide", 390: "narrow"} {
		for dark, light := range map[bool]string{false: "light", true: "dark"} {
			page.Screenshot(filepath.Join(*shots, name+"-"+size+"-"+light+".png"), width, map[int]int{1440: 900, 390: 780}[width], dark, false)
		}
	}
}

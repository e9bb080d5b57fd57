package web

import (
	"context"
	"encoding/json"
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

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/gateway"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

const (
	connected = `document.body.dataset.state === "connected"`
	canvas    = "#screen canvas:not(.last)"
)

// desk is a desktop on a real VNC server behind a real sshd, and the page that shows it.
type desk struct {
	host    *machinetest.Host
	display *machinetest.Display
	gateway *gateway.Gateway
	dialer  *machine.Dialer
	url     string

	mutex      sync.Mutex
	deployment dictumal.Deployment
	open       bool   // the principal may see it
	code       string // gives that right
	why        string // it was ended
}

func TestDesktopPage(t *testing.T) {
	browser := browsertest.Open(t)
	desk := newDesk(t)

	t.Run("shows the desktop, and types and draws on it", func(t *testing.T) {
		page := desk.visit(t, browser)
		proof := filepath.Join(t.TempDir(), "typed")
		desk.typeInto(page, "echo it works > "+proof+"\r")
		awaitFile(t, proof, "it works\n")
		if errs := page.Errors(); len(errs) > 0 {
			t.Errorf("the page reported %q", errs)
		}
	})

	t.Run("lets the desktop follow the window", func(t *testing.T) {
		page := desk.visit(t, browser)
		page.Resize(1000, 700)
		page.WaitFor(`document.querySelector("` + canvas + `").width === 1000`)
		if size := desk.display.Run("xdpyinfo"); !strings.Contains(size, "1000x664 pixels") {
			t.Error("the desktop has another size than the window below the bar")
		}
		page.Resize(1440, 900)
		page.WaitFor(`document.querySelector("` + canvas + `").width === 1440`)
	})

	t.Run("sends the keys that a browser keeps for itself", func(t *testing.T) {
		page := desk.visit(t, browser)
		proof := filepath.Join(t.TempDir(), "key")
		desk.typeInto(page, "stty -icanon; head -c1 > "+proof+"; stty icanon\r")
		page.Click("#keys")
		page.Click(`[data-chord="Escape"]`)
		awaitFile(t, proof, "\x1b")
	})

	t.Run("carries text both ways", func(t *testing.T) {
		page := desk.visit(t, browser)
		desk.display.Run("sh", "-c", "printf 'from the machine: ä €' | xclip -selection clipboard >/dev/null 2>&1")
		page.WaitFor(`document.querySelector("#clipboard-text").value === "from the machine: ä €"`)
		page.Click("#clipboard")
		page.Fill("#clipboard-text", "from the browser: ß")
		page.WaitFor(`document.querySelector("#clipboard-note").textContent`)
		awaitText(t, "from the browser: ß", func() string { return desk.display.Run("xclip", "-o", "-selection", "clipboard") })
	})

	t.Run("comes back by itself, and shows the last picture meanwhile", func(t *testing.T) {
		page := desk.visit(t, browser)
		browsertest.Eval[bool](page, `(window.saw = [], new MutationObserver(() => window.saw.push([document.body.dataset.state,
			!!document.querySelector("#screen > .last"), document.querySelector("#notice h1").textContent].join()))
			.observe(document.body, {attributes: true, attributeFilter: ["data-state"]}), true)`)
		desk.dialer.Forget(desk.deployment.ID)
		page.WaitFor(`window.saw.includes("lost,true,The stream was interrupted")`)
		page.WaitFor(connected + ` && !document.querySelector("#screen > .last")`)
	})

	t.Run("lets nobody touch what is only to be seen", func(t *testing.T) {
		defer desk.change(func() { desk.deployment.Policy.Stream.Control = dictumal.ControlFull })
		desk.change(func() { desk.deployment.Policy.Stream.Control = dictumal.ControlViewOnly })
		page := desk.visit(t, browser)
		if got := page.Text("#rights"); got != "View only" {
			t.Errorf("the bar says %q", got)
		}
		page.WaitFor(`document.querySelector("#keys").disabled && document.querySelector("#fit").disabled`)
	})

	t.Run("says that the desktop was destroyed, and does not try again", func(t *testing.T) {
		page := desk.visit(t, browser)
		desk.gateway.End(desk.deployment.ID, gateway.EndDestroyed)
		page.WaitFor(`document.querySelector("#notice h1").textContent === "This desktop has been destroyed"`)
		page.WaitFor(`document.querySelector("#retry").hidden && document.body.dataset.state === "gone"`)
	})

	t.Run("says by which clause the desktop has ended", func(t *testing.T) {
		page := desk.visit(t, browser)
		const why = "The lifetime of 8 hours that the constitution grants is over (lifetime.ttl); the machine is being removed."
		defer desk.change(func() { desk.deployment.Status, desk.why = dictumal.Active, "" })
		desk.change(func() { desk.deployment.Status, desk.why = dictumal.Destroying, why })
		desk.gateway.End(desk.deployment.ID, gateway.EndDestroyed)
		page.WaitFor(`document.querySelector("#notice .detail").textContent === "` + why + `"`)
	})

	t.Run("tells of an end that is near, and moves it", func(t *testing.T) {
		far := desk.deployment.ExpiresAt
		defer desk.change(func() { desk.deployment.ExpiresAt = far })
		desk.change(func() { desk.deployment.ExpiresAt = time.Now().Add(4 * time.Minute) })
		page := desk.visit(t, browser)
		page.WaitFor(`document.querySelector("#ending p").textContent === "The lifetime ends in 4 minutes (lifetime.ttl)."`)
		page.WaitFor(`document.querySelector("#left").textContent === "4 min left" && document.querySelector("#left").dataset.tone === "urgent"`)
		page.WaitVisible("#extend")
		page.Click("text=Extend by 1 hour")
		page.WaitFor(`document.querySelector("#left").textContent.startsWith("1 h") && document.querySelector("#extend").hidden`)
		page.WaitFor(`document.querySelector("#ending p").textContent.startsWith("Extended: 1 h")`)
		page.Click("text=Dismiss")
		page.WaitFor(`document.querySelector("#ending").innerText === "" && document.querySelector("#ending button") === null`)
		if errs := page.Errors(); len(errs) > 0 {
			t.Errorf("the page reported %q", errs)
		}
	})

	t.Run("tells at once of an end that was far when it was opened", func(t *testing.T) {
		far := desk.deployment.ExpiresAt
		defer desk.change(func() { desk.deployment.ExpiresAt = far })
		desk.change(func() { desk.deployment.ExpiresAt = time.Now().Add(15*time.Minute + 4*time.Second) })
		page := desk.visit(t, browser)
		page.WaitFor(`document.querySelector("#ending p").textContent === "The lifetime ends in 15 minutes (lifetime.ttl)."`)
		page.WaitFor(`document.querySelector("#left").dataset.tone === "calm"`)
	})

	t.Run("finds out why the server lets it in no more", func(t *testing.T) {
		page := desk.visit(t, browser)
		defer desk.change(func() { desk.open = true })
		desk.change(func() { desk.open = false })
		desk.dialer.Forget(desk.deployment.ID)
		page.WaitFor(`document.querySelector("#notice h1").textContent === "Your session has ended"`)
	})
}

func TestLaunchLink(t *testing.T) {
	browser := browsertest.Open(t)
	desk := newDesk(t)

	t.Run("opens the desktop and leaves no code in the address", func(t *testing.T) {
		desk.change(func() { desk.open, desk.code = false, "good" })
		page := browser.Page(t)
		page.Goto(desk.url + "/desktop/d#code=good")
		page.WaitFor(connected)
		if address := page.Location(); strings.Contains(address, "code") {
			t.Errorf("the address is %s", address)
		}
	})

	t.Run("says why it does not", func(t *testing.T) {
		desk.change(func() { desk.open, desk.code = false, "" })
		page := browser.Page(t)
		page.Goto(desk.url + "/desktop/d#code=used")
		page.WaitFor(`document.querySelector("#notice h1").textContent === "` + dictumal.ErrLink.Message + `"`)
	})

	t.Run("is wanted from who has no right", func(t *testing.T) {
		page := browser.Page(t)
		page.Goto(desk.url + "/desktop/d")
		page.WaitFor(`document.querySelector("#notice h1").textContent === "You cannot see this desktop"`)
	})
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	host := machinetest.Start(t)
	d := &desk{host: host, dialer: machine.NewDialer(slog.New(slog.DiscardHandler)), open: true, deployment: deployment(1, "Review bench", dictumal.Active, dictumal.StageActive)}
	d.deployment.ID = host.Target.Deployment
	d.deployment.CreatedAt = time.Now().Add(-time.Hour)
	d.deployment.ExpiresAt = time.Now().Add(3*time.Hour + 12*time.Minute)
	d.deployment.Policy.Stream = dictumal.StreamPolicy{Control: dictumal.ControlFull, Clipboard: dictumal.ClipboardBoth}
	d.gateway = gateway.New(d.dialer, slog.New(slog.DiscardHandler))
	d.display = host.Desktop("1280x800", "-AcceptSetDesktopSize=1")
	d.display.Start("xterm", "-geometry", "100x30+60+60", "-fa", "Mono", "-fs", "11", "-bg", "#1b1f24", "-fg", "#e8e6e1")
	d.display.Start("xclock", "-geometry", "160x160+900+80", "-bg", "#fbfaf7")
	server := httptest.NewServer(d.routes(t))
	d.url = server.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		_ = d.gateway.Drain(ctx)
		server.Close()
		_ = d.dialer.Close()
	})
	return d
}

func (d *desk) routes(t *testing.T) http.Handler {
	t.Helper()
	assets, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	if !assets.Built() {
		t.Skip("The assets have not been built; run npm ci and npm run assets to run this test.")
	}
	pages, err := newPages(assets)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/{version}/{file...}", assets)
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /desktop/{id}", func(w http.ResponseWriter, _ *http.Request) { d.page(t, w, pages) })
	mux.HandleFunc("GET /desktop/{id}/ws", d.stream)
	mux.HandleFunc("POST /desktop/{id}/session", d.redeem)
	mux.HandleFunc("POST /api/deployments/{id}/extend", d.extend)
	return mux
}

func (d *desk) page(t *testing.T, w http.ResponseWriter, pages *pages) {
	t.Helper()
	d.mutex.Lock()
	defer d.mutex.Unlock()
	view := newDesktopPage(frame("", "", ""), "d", nil, Surroundings{}, "")
	if d.open {
		view = newDesktopPage(frame("", "", ""), "d", &d.deployment, Surroundings{Now: time.Now(), Extendable: oneHour}, d.why)
	}
	body, err := pages.Render("desktop", view)
	if err != nil {
		t.Error(err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", (&Web{}).policy("desktop"))
	_, _ = w.Write(body)
}

func (d *desk) stream(w http.ResponseWriter, r *http.Request) {
	d.mutex.Lock()
	open, policy := d.open, d.deployment.Policy.Stream
	d.mutex.Unlock()
	if !open {
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return
	}
	d.gateway.Serve(w, r, gateway.Viewer{Target: d.host.Target, Control: policy.Control, Clipboard: policy.Clipboard})
}

func (d *desk) extend(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Until time.Time `json:"until"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d.change(func() { d.deployment.ExpiresAt = body.Until })
}

func (d *desk) redeem(w http.ResponseWriter, r *http.Request) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	var body struct {
		Code string `json:"code"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<10)).Decode(&body); err != nil || body.Code == "" || body.Code != d.code {
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(struct {
			Detail string `json:"detail"`
		}{dictumal.ErrLink.Message})
		return
	}
	d.open = true
	w.WriteHeader(http.StatusNoContent)
}

func (d *desk) change(change func()) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	change()
}

// visit opens the page in a browser of its own and waits for the desktop.
func (d *desk) visit(t *testing.T, browser *browsertest.Browser) *browsertest.Page {
	t.Helper()
	page := browser.Page(t)
	page.Resize(1440, 900)
	page.Goto(d.url + "/desktop/d")
	page.WaitFor(connected + ` && document.querySelector("` + canvas + `").width === 1440`)
	for deadline := time.Now().Add(browsertest.Patience); page.Colours(canvas) < 5; {
		if time.Now().After(deadline) {
			t.Fatal("the canvas stays empty")
		}
	}
	return page
}

// typeInto types into the terminal, which the pointer must be above.
func (d *desk) typeInto(page *browsertest.Page, text string) {
	page.ClickAt(300, 300)
	page.Press(text)
}

func awaitFile(t *testing.T, path, want string) {
	t.Helper()
	awaitText(t, want, func() string {
		got, _ := os.ReadFile(path) // it may not be there yet
		return string(got)
	})
}

func awaitText(t *testing.T, want string, get func() string) {
	t.Helper()
	var got string
	for deadline := time.Now().Add(10 * time.Second); got != want; time.Sleep(50 * time.Millisecond) {
		if got = get(); time.Now().After(deadline) {
			t.Fatalf("waited for %q, and have %q", want, got)
		}
	}
}

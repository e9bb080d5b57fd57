//go:build bench

package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/browsertest"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

//go:embed testdata/stopwatch.js
var stopwatch string

// TestBenchPixels compares the time from opening the desktop to its first
// picture with that of a page that holds the same noVNC and nothing else, whose
// stream comes through websockify straight from the machine's VNC server. The
// peer's files come from Go's file server: websockify's own forks for each.
func TestBenchPixels(t *testing.T) {
	world := newWorld(t)
	server := world.serve(t, t.TempDir())
	made := server.deploy(t, server.keep(t, example(t, "welcome.md")), func(client.Deployment) {})
	time.Sleep(10 * time.Second) // until the machine has come to rest
	stream := startWebsockify(t, world, *made.Machine)
	files := serveViewer(t)
	browser := browsertest.Open(t)
	ours := func() moments {
		link, err := server.local.SignInLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		page := browser.Page(t)
		page.Goto(link)
		page.Click("text=Sign in")
		page.WaitFor(`location.pathname === "/instances"`)
		return show(page, server.url+"/api/deployments/"+made.ID+"/launch")
	}
	theirs := func() moments {
		page := browser.Page(t)
		page.Goto(files + "/")
		return show(page, files+"/viewer.html?ws="+url.QueryEscape(stream))
	}
	var ourWay, theirWay milestones
	our, their := alternate(t, 9, func() time.Duration { return ourWay.add(ours()) }, func() time.Duration { return theirWay.add(theirs()) })
	row(t, "Open Desktop to first pixels; bare: the same noVNC through websockify straight to the VNC server", our, their, "at most 1.2")
	remark(t, "ours %s; theirs %s", &ourWay, &theirWay)
}

// moments are when a viewer's page was there, when its last script was, and when
// it showed a desktop, in milliseconds after the start of the navigation.
type moments struct{ Document, Scripts, Picture float64 }

// milestones gathers the moments of several runs.
type milestones []moments

func (m *milestones) add(one moments) time.Duration {
	*m = append(*m, one)
	return time.Duration(one.Picture * float64(time.Millisecond))
}

// String tells the medians.
func (m *milestones) String() string {
	of := func(get func(moments) float64) float64 {
		var values []float64
		for _, one := range *m {
			values = append(values, get(one))
		}
		return median(values)
	}
	return fmt.Sprintf("had the page after %.0f ms, its last script after %.0f ms and a picture after %.0f ms",
		of(func(one moments) float64 { return one.Document }),
		of(func(one moments) float64 { return one.Scripts }), of(func(one moments) float64 { return one.Picture }))
}

// show opens a viewer and waits until it shows a desktop.
func show(page *browsertest.Page, address string) moments {
	time.Sleep(time.Second) // what came before has come to rest
	page.Before(stopwatch)
	page.Goto(address)
	page.WaitFor("window.firstPixels")
	seen := browsertest.Eval[moments](page, `({
		document: performance.getEntriesByType("navigation")[0].responseEnd,
		scripts: Math.max(...performance.getEntriesByType("resource").filter(r => r.name.endsWith(".js")).map(r => r.responseEnd)),
		picture: window.firstPixels,
	})`)
	page.Goto("about:blank") // or the next one's desktop would be drawn here, too
	return seen
}

// startWebsockify gives the address of a stream that goes to the VNC server's
// socket inside the machine, with no SSH between.
func startWebsockify(t *testing.T, world *world, name string) string {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), peer(t, "incus"), "query", "/1.0/instances/"+name+"/state?project="+world.project).Output()
	if err != nil {
		t.Fatalf("incus query: %v", err)
	}
	var state struct {
		PID int `json:"pid"`
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	address := machinetest.FreeAddress(t)
	begin(t, exec.CommandContext(context.WithoutCancel(t.Context()), peer(t, "websockify"), address,
		fmt.Sprintf("--unix-target=/proc/%d/root%s", state.PID, dictumal.VNCSocket)))
	until(t, "websockify answers", func() bool {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
		return err == nil && conn.Close() == nil
	})
	return "ws://" + address
}

func serveViewer(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir("testdata/peer")))
	mux.Handle("/novnc/", http.StripPrefix("/novnc/", http.FileServer(http.Dir("../web/dist/novnc"))))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

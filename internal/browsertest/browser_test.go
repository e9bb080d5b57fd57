package browsertest_test

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

const document = `<!doctype html><meta name="viewport" content="width=device-width">
<title>Test</title>
<style>body { background: white } @media (prefers-color-scheme: dark) { body { background: black } }</style>
<label>Name <input id="name" value="before"></label>
<button>Deploy</button> <button hidden>Deploy</button>
<p id="said"></p><canvas id="canvas" width="4" height="1"></canvas>
<script>
const said = document.querySelector("#said");
document.querySelector("button").onclick = () => setTimeout(() => {
	said.textContent = "hello " + document.querySelector("#name").value;
}, 100);
const pen = document.querySelector("#canvas").getContext("2d");
pen.fillStyle = "red"; pen.fillRect(0, 0, 1, 1);
pen.fillStyle = "blue"; pen.fillRect(1, 0, 1, 1);
</script>`

func serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/broken") {
			fmt.Fprint(w, `<!doctype html><script>throw new Error("oh dear")</script>`)
			return
		}
		if r.URL.Path == "/" { // and not the icon that Chromium asks for by itself
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes"})
		}
		fmt.Fprint(w, document)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestPage(t *testing.T) {
	url, browser := serve(t), browsertest.Open(t)

	t.Run("fills fields, clicks by name and sees what comes of it", func(t *testing.T) {
		page := browser.Page(t)
		page.Goto(url)
		page.Fill("#name", "world")
		page.Click("text=Deploy")
		page.WaitFor(`document.querySelector("#said").textContent`)
		if got := page.Text("#said"); got != "hello world" {
			t.Errorf("the page said %q", got)
		}
		if got := page.Colours("#canvas"); got != 3 {
			t.Errorf("the canvas has %d colours, not red, blue and nothing", got)
		}
	})

	t.Run("has cookies of its own", func(t *testing.T) {
		first, second := browser.Page(t), browser.Page(t)
		first.Goto(url)
		second.Goto(url + "/broken")
		if got := browsertest.Eval[string](first, "document.cookie"); got != "seen=yes" {
			t.Errorf("the first page has the cookies %q", got)
		}
		if got := browsertest.Eval[string](second, "document.cookie"); got != "" {
			t.Errorf("the second page has the cookies %q", got)
		}
	})

	t.Run("collects what the page reports", func(t *testing.T) {
		page := browser.Page(t)
		page.Goto(url + "/broken")
		if got := page.Errors(); len(got) != 1 || !strings.Contains(got[0], "oh dear") {
			t.Errorf("the page reported %q", got)
		}
	})

	t.Run("goes offline and comes back", func(t *testing.T) {
		page := browser.Page(t)
		page.Goto(url)
		for _, offline := range []bool{true, false} {
			page.Offline(offline)
			if got := browsertest.Eval[bool](page, `fetch("/").then(() => false, () => true)`); got != offline {
				t.Errorf("with offline %v, a request failed: %v", offline, got)
			}
		}
	})

	t.Run("takes pictures in the size and colours asked for", func(t *testing.T) {
		page := browser.Page(t)
		page.Goto(url)
		for _, width := range []int{1440, 390} {
			for _, dark := range []bool{false, true} {
				path := filepath.Join(t.TempDir(), "shots", "page.png")
				page.Screenshot(path, width, 800, dark, false)
				wantPicture(t, path, width, dark)
			}
		}
	})
}

func wantPicture(t *testing.T, path string, width int, dark bool) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := picture.Bounds().Dx(); got != width {
		t.Errorf("the picture is %d pixels wide, not %d", got, width)
	}
	if red, _, _, _ := picture.At(width-1, 799).RGBA(); (red == 0) != dark {
		t.Errorf("with dark %v, the corner's red is %d", dark, red)
	}
}

package web

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

var (
	shots = flag.String("shots", "", "folder for screenshots of every page and state; empty takes none")
	only  = flag.String("only", "", "take only the scenes whose name begins with this")
)

// TestScreenshots is for people: it pictures every page in every state, on wide
// and narrow windows, by day and by night.
//
//	go test ./internal/web -run TestScreenshots -shots /tmp/shots
func TestScreenshots(t *testing.T) {
	if *shots == "" {
		t.Skip("Screenshots are taken only where -shots names a folder for them.")
	}
	server, browser := gallery(t), browsertest.Open(t)
	page := browser.Page(t)
	for _, scene := range scenes() {
		if !strings.HasPrefix(scene.name, *only) {
			continue
		}
		for _, width := range []int{1440, 390} {
			page.Resize(width, 900)
			page.Goto(server.URL + "/" + scene.name)
			if scene.open != "" {
				browsertest.Eval[bool](page, `(document.getElementById("`+scene.open+`").showModal(), true)`)
			}
			for name, dark := range map[string]bool{"light": false, "dark": true} {
				file := filepath.Join(*shots, scene.name+"-"+map[int]string{1440: "wide", 390: "narrow"}[width]+"-"+name+".png")
				page.Dark(dark)
				browsertest.Eval[bool](page, `Promise.all(document.getAnimations().map(a => a.finished)).then(() => true)`)
				page.Screenshot(file, width, 900, dark, scene.open == "")
			}
		}
	}
}

// contentSecurityPolicy is at least as strict as the server's own.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
	"img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// gallery serves every scene under its name, with the real assets.
func gallery(t *testing.T) *httptest.Server {
	t.Helper()
	assets, err := newAssets()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := newPages(assets)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /static/{version}/{file...}", assets)
	for _, scene := range scenes() {
		body, err := pages.Render(scene.page, scene.view)
		if err != nil {
			t.Fatal(err)
		}
		mux.HandleFunc("GET /"+scene.name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", contentSecurityPolicy)
			_, _ = w.Write(body)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

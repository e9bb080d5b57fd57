package web

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"testing"
)

var shots = flag.String("shots", "", "folder for screenshots of every page and state; empty takes none") //nolint:unused // by what is behind the tag "pictures"

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
			w.Header().Set("Content-Security-Policy", (&Web{}).policy(scene.page))
			_, _ = w.Write(body)
		})
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

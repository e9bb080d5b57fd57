package server

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/store"
)

func TestNobodyFillsTheDiskWithAForm(t *testing.T) {
	s := bare(t)
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	file, err := parts.CreateFormFile("code", "large")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(make([]byte, 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := parts.Close(); err != nil {
		t.Fatal(err)
	}
	sent := int64(form.Len())
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", io.NopCloser(&form))
	r.Header.Set("Content-Type", parts.FormDataContentType())
	s.protect(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.PostFormValue("code")
	})).ServeHTTP(httptest.NewRecorder(), r)
	if read := sent - int64(form.Len()); read > 2*s.limits.bodyBytes {
		t.Errorf("%d bytes of a form were taken in, want about %d at most", read, s.limits.bodyBytes)
	}
}

// bare is a server with what every request goes through, and nothing behind it.
func bare(t *testing.T) *Server {
	t.Helper()
	rows, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "dictumal.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	})
	fail := func(_ http.ResponseWriter, _ *http.Request, err error) { t.Error(err) }
	return &Server{limits: usualLimits(), rooms: usualLimits().rooms(), Options: Options{
		URL: &url.URL{Scheme: "http", Host: "example.com"}, Fail: fail,
		Auth: auth.New(auth.Options{Store: rows, Fail: fail}), Log: slog.New(slog.DiscardHandler),
	}}
}

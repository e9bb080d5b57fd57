package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dictumal/dictumal/internal/route"
)

// What the reference documents say of TLS: each machine signs for itself, and
// clients may warn. Here one authority vouches for all machines, and a browser can
// have its certificate before anybody signs in.
func TestSeedsTLSIsVouchedForByOneAuthority(t *testing.T) {
	s := bare(t)
	s.Authority = []byte("-----BEGIN CERTIFICATE-----\n")
	s.Web, s.Metrics = nothing{}, http.NotFoundHandler()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/ca.pem", http.NoBody)
	w := httptest.NewRecorder()
	s.protect(s.handle(http.NotFoundHandler())).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.String() != string(s.Authority) {
		t.Errorf("GET /ca.pem = %d %q", w.Code, w.Body)
	}
	if got := w.Header().Get("Content-Type"); got != "application/x-x509-ca-cert" {
		t.Errorf("its type is %q, by which browsers know what to install", got)
	}
}

// Private

// nothing has no pages.
type nothing struct{}

func (nothing) Routes(route.Mux) {}

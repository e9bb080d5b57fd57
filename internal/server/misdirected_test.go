package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/dictumal/dictumal/internal/auth/oidc"
)

// Who comes by another name is sent to the one that cookies hold for. But where an
// identity provider knows a name, a wrong one may be the server's own: two pages say so.
func TestSomebodyAtAnotherNameIsToldWhereAProviderKnowsThisOne(t *testing.T) {
	for _, test := range []struct {
		path      string
		providers []*oidc.Provider
		location  string
	}{
		{"/sign-in?next=%2Fmachines", nil, "http://example.com/sign-in?next=%2Fmachines"},
		{"/sign-in?next=%2Fmachines", []*oidc.Provider{{}}, ""},
		{"/", []*oidc.Provider{{}}, ""},
		{"/instances", []*oidc.Provider{{}}, "http://example.com/instances"},
		{"/api/auth/callback/oidc?state=x", []*oidc.Provider{{}}, "http://example.com/api/auth/callback/oidc?state=x"},
	} {
		s := bare(t)
		s.Auth.Providers = test.providers
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://elsewhere.example"+test.path, http.NoBody)
		r.Header.Set("Accept", "text/html")
		answer := httptest.NewRecorder()
		s.canonical(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(answer, r)
		if got := answer.Header().Get("Location"); got != test.location {
			t.Errorf("%s with %d providers leads to %q, want %q", test.path, len(test.providers), got, test.location)
		}
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/browsertest"
)

// FuzzNext checks that whoever has signed in stays here, wherever they were to go: as
// the address is, and as it stands in the answer.
func FuzzNext(f *testing.F) {
	for _, next := range []string{
		"/instances", "/desktop/01K9?x=1#code", "", "x", "//evil.example", `/\evil.example`, `\/evil.example`, "/\t/evil.example", "/\n/evil.example", " //evil.example",
		"/./\\evil.example", "/x/..//evil.example", "/..//evil.example", "/%2e%2e//evil.example", "/%5cevil.example", "https://evil.example", "https:evil.example", "javascript:alert(1)",
		"/\x00/evil.example", "/\u2028/evil.example", "/\x0b/evil.example", "/@evil.example", "/x\r\nSet-Cookie: dictumal=y", "/é?é#é", "/instances?next=//evil.example", "/\xff\xfe",
	} {
		f.Add(next)
	}
	const here = "https://here.example"
	f.Fuzz(func(t *testing.T, next string) {
		kept := local(next)
		if kept != next && kept != "/instances" {
			t.Errorf("%q becomes %q", next, kept)
		}
		answer := httptest.NewRecorder()
		http.Redirect(answer, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", nil), kept, http.StatusSeeOther)
		for _, address := range []string{kept, answer.Header().Get("Location")} {
			if got := browsertest.Resolve(here, address); got != here || !strings.HasPrefix(address, "/") {
				t.Errorf("%q leads by %q to %s", next, address, got)
			}
		}
		if location := answer.Header().Get("Location"); strings.ContainsAny(location, "\r\n") {
			t.Errorf("%q makes a header of %q", next, location)
		}
	})
}

package server

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/browsertest"
)

// FuzzOriginAndHost checks that one origin opens a desktop, and that a page that was
// asked for under another name leads to that origin and nowhere else.
func FuzzOriginAndHost(f *testing.F) {
	const own, host = "https://desktops.example.org", "desktops.example.org"
	for _, origin := range []string{
		own, "", "null", own + "/", own + ":443", own + ".evil.example", "https://evil.example", "http://desktops.example.org", "https://DESKTOPS.example.org", "https://x.desktops.example.org",
		"https://desktops.example.org@evil.example", " " + own, own + " ", own + "\x00", own + "," + own, own + "\r\nX: y", "https://desktops.example.org.", "wss://desktops.example.org", "https://dеsktops.example.org",
	} {
		f.Add(origin, "", false, host, "/desktop/1")
	}
	for _, target := range []string{
		"/", "//evil.example/x", "/\\evil.example", "http://evil.example/x", "http://me:pw@evil.example/x", "x:evil.example/y", "https:evil.example", "*", "/x?next=//evil.example#y", "/%0d%0aSet-Cookie:x", "/..//evil.example", "/%2f%2fevil.example",
	} {
		f.Add(own, own, true, "evil.example", target)
		f.Add(own, "https://evil.example", true, host+":443", target)
	}
	address, err := url.Parse(own)
	if err != nil {
		f.Fatal(err)
	}
	s := &Server{Options: Options{URL: address, Auth: auth.New(auth.Options{})}}
	f.Fuzz(func(t *testing.T, origin, second string, twice bool, host, target string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Host = host
		r.Header = http.Header{"Origin": {origin}, "Accept": {"text/html"}}
		if twice {
			r.Header.Add("Origin", second)
		}
		if got := s.fromOwnPage(r); got != (origin == own && !twice) {
			t.Errorf("the origins %q are ours: %v", r.Header["Origin"], got)
		}
		if r.URL, err = url.ParseRequestURI(target); err != nil {
			return
		}
		passed := false
		answer := httptest.NewRecorder()
		s.canonical(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { passed = true })).ServeHTTP(answer, r)
		location := answer.Header().Get("Location")
		if passed != (host == address.Host) || passed == (location != "") {
			t.Errorf("under the name %q it passes: %v, or leads to %q", host, passed, location)
		}
		if got := browsertest.Resolve("https://elsewhere.example", location); !passed && got != own || strings.ContainsAny(location, "\r\n") {
			t.Errorf("%q under the name %q leads by %q to %s", target, host, location, got)
		}
	})
}

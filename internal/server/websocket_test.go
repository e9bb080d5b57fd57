package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/auth"
	"github.com/dictumal/dictumal/internal/control"
)

// TestOneOfFortyWebSocketsIsLetIn: browsers send cookies with a WebSocket from any
// page, and no other check stands before it.
func TestOneOfFortyWebSocketsIsLetIn(t *testing.T) {
	h := newHouse(t)
	id := h.desktop("ada@example.org")
	outside := httptest.NewServer(h.public.Handler) // as a proxy reaches it
	t.Cleanup(outside.Close)
	origins := map[string]string{
		"exact": origin, "absent": "", "null": "null", "sibling": "https://other.example.org", "suffix": "https://x-desktops.example.org",
		"another port": origin + ":8443", "another scheme": "http://desktops.example.org", "upper case": "HTTPS://DESKTOPS.EXAMPLE.ORG",
	}
	accepted := 0
	for state, cookie := range h.sessions(id) {
		for name, from := range origins {
			good := state == "ok" && name == "exact"
			code := h.knock(outside.URL+"/desktop/"+id+"/ws", cookie, from)
			if code == http.StatusSwitchingProtocols {
				accepted++
			}
			if (code == http.StatusSwitchingProtocols) != good {
				t.Errorf("the origin %s with the session %s: %d", name, state, code)
			}
		}
	}
	if asked := len(origins) * 5; asked != 40 || accepted != 1 {
		t.Errorf("of %d, %d were let in, want 1 of 40", asked, accepted)
	}
}

func TestAStreamThatAForeignPageAsksForIsWrittenDown(t *testing.T) {
	h := newHouse(t)
	var deeds []dictumal.Deed
	h.Audit = func(_ context.Context, d dictumal.Deed) { deeds = append(deeds, d) }
	id, cookie := h.desktop("ada@example.org"), h.signIn("ada@example.org")
	for _, path := range []string{id, "what somebody typed"} {
		h.ask(http.MethodGet, "/desktop/"+url.PathEscape(path)+"/ws", cookie, "", "Origin", "https://other.example.org")
	}
	h.ask(http.MethodGet, "/desktop/"+id+"/ws", "", "", "Origin", "https://other.example.org") // by nobody
	if len(deeds) != 2 {
		t.Fatalf("written down: %+v", deeds)
	}
	if d := deeds[0]; d.Action != "deployment.open" || d.Result != dictumal.ResultRefused || d.Object != id || d.Email != "ada@example.org" || d.Via != dictumal.ViaSession || d.From == "" {
		t.Errorf("written down: %+v", d)
	}
	if deeds[1].Object != "" {
		t.Errorf("the log holds %q", deeds[1].Object)
	}
}

func TestOnePersonOpensSoManyStreamsAndNoMore(t *testing.T) {
	h := newHouse(t)
	h.limits.listeners, h.limits.viewers = 2, 1
	h.rooms = h.limits.rooms()
	handler := h.protect(h.handle(whenAsked(h.API)))
	outside := httptest.NewServer(handler)
	t.Cleanup(outside.Close)
	t.Cleanup(h.stop) // or the streams would never end
	listen := func(cookie string) (code int, leave func()) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, outside.URL+"/api/events", http.NoBody)
		h.must(err)
		request.Header.Set("Cookie", cookie)
		answer, err := http.DefaultClient.Do(request)
		h.must(err)
		leave = func() { _ = answer.Body.Close() }
		t.Cleanup(leave)
		return answer.StatusCode, leave
	}
	ada, bob := h.signIn("ada@example.org"), h.signIn("bob@example.org")
	other := h.signIn("ada@example.org") // in another browser
	_, leave := listen(ada)
	if code, _ := listen(other); code != http.StatusOK {
		t.Fatalf("the second stream answers %d", code)
	}
	if code, _ := listen(other); code != http.StatusTooManyRequests {
		t.Errorf("a third stream of one person answers %d, want 429", code)
	}
	if code, _ := listen(bob); code != http.StatusOK {
		t.Errorf("a stream of somebody else answers %d", code)
	}
	leave()
	for code := 0; code != http.StatusOK; { // once the server has seen it
		code, _ = listen(ada)
	}
}

// sessions are cookies of each state that a session can be in.
func (h *house) sessions(id string) map[string]string {
	h.t.Helper()
	t := h.t
	out := h.signIn("ada@example.org")
	_ = h.ask(http.MethodPost, "/sign-out", out, "")
	h.now = h.now.Add(-auth.SessionLife)
	expired := h.signIn("ada@example.org")
	h.now = h.now.Add(auth.SessionLife)
	ada, err := h.codes.User(t.Context(), "ada@example.org")
	h.must(err)
	owner := dictumal.Principal{User: ada, Session: "test"}
	grant, _, err := h.control.Share(t.Context(), owner, id, control.ShareRequest{Email: "cleo@example.org"})
	h.must(err)
	revoked := h.signIn("cleo@example.org")
	if answer := h.ask(http.MethodGet, "/desktop/"+id, revoked, "", "Accept", "text/html"); !strings.Contains(answer.Body.String(), "/desktop/"+id+"/ws") {
		t.Fatalf("while the grant holds, its page answers %d without a stream", answer.Code)
	}
	h.must(h.control.Unshare(t.Context(), owner, id, grant.ID))
	return map[string]string{
		"ok": h.signIn("ada@example.org"), "signed out": out, "expired": expired, "of another user": h.signIn("bob@example.org"), "of a revoked grant": revoked,
	}
}

// knock asks for a WebSocket and tells what was answered.
func (h *house) knock(address, cookie, from string) int {
	h.t.Helper()
	header := http.Header{"Cookie": {cookie}}
	if from != "" {
		header.Set("Origin", from)
	}
	socket, answer, err := websocket.Dial(h.t.Context(), address, &websocket.DialOptions{Host: h.URL.Host, HTTPHeader: header})
	if err == nil {
		_ = socket.CloseNow()
	}
	if answer == nil {
		h.t.Fatal(err)
	}
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	return answer.StatusCode
}

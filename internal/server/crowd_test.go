package server

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal/internal/gateway"
)

func TestWhoHasTooManyDesktopsIsToldSoInTheViewer(t *testing.T) {
	h := newHouse(t)
	id, bob := h.desktop("bob@example.org"), h.signIn("bob@example.org")
	h.limits.viewers = 0
	h.rooms = h.limits.rooms()
	outside := httptest.NewServer(h.protect(h.handle(whenAsked(h.API))))
	t.Cleanup(outside.Close)
	address := outside.URL + "/desktop/" + id + "/ws"
	socket, answer, err := websocket.Dial(t.Context(), address, &websocket.DialOptions{
		Host: h.URL.Host, HTTPHeader: http.Header{"Cookie": {bob}, "Origin": {origin}},
	})
	h.must(err)
	if answer.Body != nil {
		_ = answer.Body.Close()
	}
	_, _, err = socket.Read(t.Context())
	if why := gateway.EndTooMany(0); websocket.CloseStatus(err) != why.Code {
		t.Errorf("the viewer is told %v, not %+v", err, why)
	}
	if code := h.knock(address, bob, "https://evil.example"); code != http.StatusTooManyRequests {
		t.Errorf("a page of another site is answered %d", code)
	}
}

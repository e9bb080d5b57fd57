package e2e

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway"
)

// Somebody with a grant opens the desktop as its owner does, and no more; when it is
// revoked their stream ends at once, and nothing of theirs opens it again.
func TestARevokedGrantClosesTheStreamWithinASecond(t *testing.T) {
	r := start(t)
	ada, bob := r.user("ada@example.org"), r.user("bob@example.org")
	desk := r.deploy(ada, plain)
	r.await(ada, desk.ID, dictumal.Active)
	if _, err := ada.Share(t.Context(), desk.ID, "bob@example.org", dictumal.ControlViewOnly); err != nil {
		t.Fatal(err)
	}
	seen, err := bob.Deployment(t.Context(), desk.ID)
	if err != nil || seen.Status != dictumal.Active || seen.IP != nil || seen.Machine != nil {
		t.Errorf("bob sees %+v, %v", seen, err)
	}
	if _, err := bob.Destroy(t.Context(), desk.ID); err == nil {
		t.Error("bob destroys it")
	}
	visitor := browser(t)
	if status, text := r.redeem(visitor, desk.ID, r.code(bob, desk.ID)); status != http.StatusNoContent {
		t.Fatalf("redeeming bob's code = %d %s", status, text)
	}
	theirs, own := r.watch(visitor, desk.ID), r.watch(r.signedIn("ada@example.org"), desk.ID)

	begun := time.Now()
	if err := ada.Unshare(t.Context(), desk.ID, "bob@example.org"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for err == nil {
		_, _, err = theirs.Read(ctx)
	}
	if took := time.Since(begun); websocket.CloseStatus(err) != gateway.CodeRevoked || took > time.Second {
		t.Errorf("bob's stream ended with %v after %s, want that it was revoked, within a second", err, took)
	}
	if err := own.Ping(own.CloseRead(t.Context())); err != nil {
		t.Errorf("ada's own stream: %v", err)
	}
	if err := r.connect(visitor, desk.ID, r.url); err == nil {
		t.Error("the session from bob's code opens it again")
	}
	if _, err := bob.Launch(t.Context(), desk.ID); !isMissing(err) {
		t.Errorf("bob launches it again: %v", err)
	}
}

// watch opens the viewer's WebSocket and waits for the first word of the desktop.
func (r *rig) watch(who *http.Client, desk string) *websocket.Conn {
	r.t.Helper()
	conn, _, err := websocket.Dial(r.t.Context(), r.url+"/desktop/"+desk+"/ws", &websocket.DialOptions{ //nolint:bodyclose // Dial needs nobody to close it
		HTTPClient: who, HTTPHeader: http.Header{"Origin": {r.url}},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = conn.CloseNow() })
	if _, _, err := conn.Read(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return conn
}

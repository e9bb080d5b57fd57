package gateway

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

func TestARevokedGrantEndsItsStreamsAndNoOthers(t *testing.T) {
	host := machinetest.Start(t)
	vnc := listenVNC(t, host)
	viewer := everything(host.Target)
	viewer.Grant.ID = "G1"
	gateway, url := serve(t, usualPace(), viewer)
	shared, _ := meet(t, url, vnc)
	owned := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { gateway.Serve(w, r, everything(host.Target)) }))
	t.Cleanup(owned.Close)
	meet(t, "ws"+strings.TrimPrefix(owned.URL, "http"), vnc)

	gateway.EndGrant("", EndRevoked) // which is nobody's
	gateway.EndGrant("G2", EndRevoked)
	if open := gateway.Stats().Open; open != 2 {
		t.Fatalf("%d streams are open, want both", open)
	}
	gateway.EndGrant("G1", EndChanged)
	wantEnding(t, shared, EndChanged)
	until(t, "the viewer has left", func() bool { return gateway.Stats().Open == 1 })
}

// The grant is looked at once more when the stream can be found: one that was revoked
// between the two opens nothing.
func TestAGrantThatWasRevokedMeanwhileOpensNothing(t *testing.T) {
	host := machinetest.Start(t)
	viewer := everything(host.Target)
	viewer.Grant.ID = "G1"
	open := 0
	var gateway *Gateway
	viewer.Holds = func(context.Context) bool {
		open = gateway.Stats().Open
		return false
	}
	gateway, url := serve(t, usualPace(), viewer)
	wantEnding(t, join(t, url), EndRevoked)
	if open != 1 {
		t.Error("it was looked at before the stream could be found")
	}
}

package incus

import (
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestEveryCallIsToldOfWithoutNames(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	listener, err := net.Listen("unix", socket) //nolint:noctx // a test's own
	if err != nil {
		t.Fatal(err)
	}
	daemon := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		code := map[string]int{"/1.0/instances/missing": 404, "/1.0/instances/broken": 500}[r.URL.Path]
		if code == 0 {
			_ = json.NewEncoder(w).Encode(envelope{Type: "sync", Metadata: json.RawMessage("{}")})
			return
		}
		w.WriteHeader(code)
		_ = json.NewEncoder(w).Encode(envelope{Type: "error", ErrorCode: code, Error: "no"})
	})}
	go func() { _ = daemon.Serve(listener) }()
	var told []Call
	client := New(socket).Observed(func(c Call) { told = append(told, c) }).Project("secret-project")
	for _, name := range []string{"dictumal-x-01j9", "missing", "broken", "state"} {
		_, _ = client.Instance(t.Context(), name)
	}
	if err := daemon.Close(); err != nil {
		t.Fatal(err)
	}
	_, _ = client.Instance(t.Context(), "unheard")
	const kind = "GET /1.0/instances/{name}"
	want := []Call{
		{Kind: kind, Outcome: "ok"},
		{Kind: kind, Outcome: "4xx"},
		{Kind: kind, Outcome: "5xx"},
		{Kind: "GET /1.0/instances/state", Outcome: "ok"}, // a word of the routes', whatever it names
		{Kind: kind, Outcome: "failed"},
	}
	if diff := cmp.Diff(want, told, cmpopts.IgnoreFields(Call{}, "Duration")); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

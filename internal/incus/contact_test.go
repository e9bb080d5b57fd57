package incus

import (
	"context"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

func TestWhetherTheDaemonAnswersIsKnownFromTheLastCall(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "unix.socket")
	client := New(socket)
	client.patience = 50 * time.Millisecond
	other := client.Project("other") // of the same connections
	ask := func(ctx context.Context) { _, _ = other.Server(ctx) }
	first := client.Contact()
	if first.Err != nil {
		t.Errorf("before anybody has asked: %v", first.Err)
	}

	ask(t.Context())
	down := client.Contact()
	if !errors.Is(down.Err, syscall.ENOENT) || !down.Since.After(first.Since) {
		t.Errorf("without a daemon: %v since %v", down.Err, down.Since)
	}

	silent, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	ask(ended)
	if got := client.Contact(); !errors.Is(got.Err, syscall.ENOENT) {
		t.Errorf("after a call that nobody waited for: %v", got.Err)
	}
	ask(t.Context())
	if got := client.Contact(); !errors.Is(got.Err, context.DeadlineExceeded) || got.Since != down.Since {
		t.Errorf("a daemon that never answers: %v since %v, want it down since %v", got.Err, got.Since, down.Since)
	}
	_ = silent.Close()

	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"type":"error","error_code":403,"error":"not authorized"}`))
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	client.patience, other.patience = answerTime, answerTime
	ask(t.Context())
	if got := client.Contact(); got.Err != nil || !got.Since.After(down.Since) {
		t.Errorf("a daemon that says no: %v since %v, want it to answer", got.Err, got.Since)
	}

	_ = server.Close()
	_ = client.Events(t.Context(), func() error { return nil }, func(Event) {})
	if got := client.Contact(); got.Err == nil {
		t.Error("who listens does not see that the daemon is down")
	}
}

func TestAnOperationThatTakesLongIsNoSilentDaemon(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "unix.socket")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	client := New(socket)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	operation := &Operation{client: client, path: "/1.0/operations/x"}
	if err := operation.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v, want that the time is over", err)
	}
	if got := client.Contact(); got.Err != nil {
		t.Errorf("the daemon is taken to be down: %v", got.Err)
	}
}

package incus

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"
)

func TestADaemonThatNeverAnswersHoldsNobody(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "unix.socket")
	silent, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	client := New(socket)
	client.patience = 50 * time.Millisecond
	for name, ask := range map[string]func() error{
		"a call":          func() error { _, err := client.Server(t.Context()); return err },
		"an order":        func() error { _, err := client.StopInstance(t.Context(), "x"); return err },
		"an event stream": func() error { return client.Events(t.Context(), func() error { return nil }, func(Event) {}) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := ask(); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("ended with %v, want that the time is over", err)
			}
		})
	}
}

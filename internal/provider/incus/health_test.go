package incus

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
)

func TestHealthSaysWhetherTheDaemonCanBeReached(t *testing.T) {
	cases := []struct {
		name   string
		ail    func(t *testing.T, socket string)
		reason dictumal.Reason
		says   string
	}{
		{"there is none", func(*testing.T, string) {}, dictumal.ReasonProviderMissing, "Incus does not answer at "},
		{"it never answers", func(t *testing.T, socket string) {
			t.Helper()
			silent, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = silent.Close() })
		}, dictumal.ReasonProviderDown, "Incus takes too long to answer at "},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			socket := filepath.Join(t.TempDir(), "s")
			test.ail(t, socket)
			provider := New(Config{Socket: socket, Project: "p", Image: "i", Installation: "here"})
			if got := provider.Health(); !got.OK || got.Failure != nil {
				t.Errorf("before anybody has asked it is %+v", got)
			}
			before := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, _ = provider.List(ctx)
			got := provider.Health()
			if got.OK || got.Failure == nil || got.Since.Before(before) {
				t.Fatalf("it is %+v, want it ill since %v", got, before)
			}
			if got.Failure.Reason != test.reason || !strings.HasPrefix(got.Failure.Cause, test.says+socket+".") ||
				!strings.Contains(got.Failure.Cause, "Desktops that run go on") || got.Failure.NextStep == "" {
				t.Errorf("it is %s: %s %s", got.Failure.Reason, got.Failure.Cause, got.Failure.NextStep)
			}
		})
	}
}

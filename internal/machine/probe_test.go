package machine_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

func TestProbe(t *testing.T) {
	host := machinetest.Start(t)
	dialer := newDialer(t)
	probe := func(t *testing.T) machine.Report {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		report, err := machine.Probe(ctx, dialer, host.Target)
		if err != nil {
			t.Fatal(err)
		}
		return report
	}

	t.Run("finds a machine without a probe that only answers by SSH", func(t *testing.T) {
		report := probe(t)
		if !report.SSH || report.VNC || report.Framebuffer || report.Desktop || report.Bootstrap != "" || report.Cause == nil {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("tells why a bootstrap failed", func(t *testing.T) {
		host.Answer(`{"bootstrap":"failed","reason":"package-unknown","cause":"There is no package named nmao."}`)
		report := probe(t)
		want := dictumal.Failure{
			Reason: dictumal.ReasonPackageUnknown, Cause: "There is no package named nmao.",
			NextStep: "Correct the package's name in the constitution and deploy again.",
		}
		if report.Failure == nil || *report.Failure != want {
			t.Errorf("the failure is %+v", report.Failure)
		}
	})

	t.Run("believes nothing that is not true of the stream", func(t *testing.T) {
		host.Answer(`{"bootstrap":"done","vnc":true,"desktop":true,"dialogs":["Oh\u001b[1m dear\u202e"]}`)
		report := probe(t)
		if report.Framebuffer || report.Greeting || !report.Desktop || !slices.Equal(report.Dialogs, []string{"Oh[1m dear"}) {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("sees the framebuffer of a real VNC server", func(t *testing.T) {
		host.Desktop("640x480")
		if report := probe(t); !report.VNC || !report.Greeting || !report.Framebuffer || report.Cause != nil {
			t.Errorf("the report is %+v", report)
		}
	})
}

func TestProbeOfMachinesThatDoNotAnswer(t *testing.T) {
	silent := listen(t)
	go acceptAndSayNothing(silent)
	gone := listen(t)
	_ = gone.Close()
	for _, test := range []struct {
		name    string
		address string
		wantErr error
	}{
		{"is no error where the connection is refused", gone.Addr().String(), nil},
		{"ends with its context where nothing is said", silent.Addr().String(), context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := machine.Target{Deployment: "d", Address: test.address, ClientKey: newKey(t).PrivatePEM, HostKey: newKey(t).AuthorizedLine}
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			report, err := machine.Probe(ctx, newDialer(t), target)
			if !errors.Is(err, test.wantErr) || report.SSH {
				t.Errorf("the report is %+v (%v)", report, err)
			}
		})
	}
}

func TestHostKey(t *testing.T) {
	host := machinetest.Start(t)
	target := host.Target
	target.HostKey = newKey(t).AuthorizedLine
	report, err := machine.Probe(t.Context(), newDialer(t), target)
	if !errors.Is(err, machine.ErrHostKeyChanged) || report.SSH {
		t.Errorf("with another host key, the report is %+v (%v)", report, err)
	}
}

func TestLog(t *testing.T) {
	host := machinetest.Start(t)
	client, err := newDialer(t).Dial(t.Context(), host.Target)
	if err != nil {
		t.Fatal(err)
	}
	read := func(offset int64, limit int) string {
		t.Helper()
		piece, err := client.Log(t.Context(), offset, limit)
		if err != nil {
			t.Fatal(err)
		}
		return string(piece)
	}
	if got := read(0, 100); got != "" {
		t.Errorf("a log that is not there reads %q", got)
	}
	host.Write(dictumal.LogPath, "0123456789", 0o600)
	for _, test := range []struct {
		offset int64
		limit  int
		want   string
	}{{0, 100, "0123456789"}, {0, 4, "0123"}, {4, 3, "456"}, {9, 5, "9"}, {10, 5, ""}, {1000, 5, ""}, {-3, 2, "01"}, {0, 0, ""}, {0, -1, ""}} {
		if got := read(test.offset, test.limit); got != test.want {
			t.Errorf("from %d at most %d bytes are %q, not %q", test.offset, test.limit, got, test.want)
		}
	}
	host.Write(dictumal.LogPath, strings.Repeat("x", 300<<10), 0o600)
	if got := len(read(0, 1<<30)); got != 256<<10 {
		t.Errorf("the longest piece has %d bytes", got)
	}
}

func newDialer(t *testing.T) *machine.Dialer {
	t.Helper()
	dialer := machine.NewDialer(slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := dialer.Close(); err != nil {
			t.Errorf("close the connections: %v", err)
		}
	})
	return dialer
}

func newKey(t *testing.T) machine.KeyPair {
	t.Helper()
	key, err := machine.NewKeyPair()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func acceptAndSayNothing(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
	}
}

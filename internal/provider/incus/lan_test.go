package incus

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/incustest"
)

// lan is a computer beside the host, in a network namespace: it has addresses
// of every kind that machines may or may not reach, and answers on all of them.
type lan struct{ host, internet, private, carrier, metadata string }

func newLAN(t *testing.T) lan {
	t.Helper()
	const space, outer, inner = "dictumal-test", "dictumal-test0", "dictumal-test1"
	sweep := func(ctx context.Context) {
		_ = exec.CommandContext(ctx, "ip", "link", "delete", outer).Run()
		_ = exec.CommandContext(ctx, "ip", "netns", "delete", space).Run()
	}
	sweep(t.Context()) // of a test that was killed
	t.Cleanup(func() { sweep(context.WithoutCancel(t.Context())) })
	made := lan{"198.51.100.1", "198.51.100.2", "192.168.231.2", "100.64.231.2", "169.254.231.2"}
	ip := func(arguments ...string) {
		t.Helper()
		if output, err := exec.CommandContext(t.Context(), "ip", arguments...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", arguments, err, output)
		}
	}
	ip("netns", "add", space)
	ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", space)
	ip("addr", "add", made.host+"/24", "dev", outer)
	ip("link", "set", outer, "up")
	ip("-n", space, "link", "set", inner, "up")
	ip("-n", space, "addr", "add", made.internet+"/24", "dev", inner)
	for _, address := range []string{made.private, made.carrier, made.metadata} {
		ip("-n", space, "addr", "add", address+"/32", "dev", inner)
		ip("route", "add", address+"/32", "via", made.internet)
	}
	ip("-n", space, "route", "add", "default", "via", made.host)
	server := exec.CommandContext(t.Context(), "ip", "netns", "exec", space, incustest.Build(t))
	if err := server.Start(); err != nil {
		t.Fatalf("start the service beside the host: %v", err)
	}
	t.Cleanup(func() { _ = server.Wait() })
	for _, address := range []string{made.internet, made.private, made.carrier, made.metadata} {
		awaitService(t, address+":8080")
	}
	return made
}

// awaitService waits until the host itself reaches a service: what a machine
// then does not reach was refused.
func awaitService(t *testing.T, target string) {
	t.Helper()
	var failure error
	dialer := net.Dialer{Timeout: time.Second}
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		conn, err := dialer.DialContext(t.Context(), "tcp", target)
		if err == nil {
			_ = conn.Close()
			return
		}
		failure = err
	}
	t.Fatal(fmt.Errorf("the host itself does not reach %s: %w", target, failure))
}

// Package standin gives tests a registry with images that stand in for Guacamole's,
// which weigh half a gigabyte and cannot be had everywhere. They run by the same
// command line; what they answer says STAND-IN.
package standin

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
)

// Where a machine finds the registry: an Incus device brings its own loopback's
// port to the host's, and Docker speaks plain HTTP to its loopback only.
const (
	machinePort = 5000
	variable    = "GUACAMOLE_TEST_REGISTRY"
)

// Device makes the Incus device by which a machine reaches the registry on a port
// of this host. It is nil where there is no such registry.
func Device(port int) map[string]string {
	if port == 0 {
		return nil
	}
	return map[string]string{
		"type": "proxy", "bind": "instance",
		"listen":  fmt.Sprintf("tcp:127.0.0.1:%d", machinePort),
		"connect": fmt.Sprintf("tcp:127.0.0.1:%d", port),
	}
}

// Registry serves the stand-ins at a port of this host's loopback until the test
// ends, and names them as a machine with the [Device] does, in the form that the official
// images have, with a digest. Where
// GUACAMOLE_TEST_REGISTRY names a registry, the images are the real ones in it, and
// the port is zero.
func Registry(tb testing.TB) (port int, guacamole, guacd string) {
	tb.Helper()
	if host := os.Getenv(variable); host != "" {
		return 0, host + "/guacamole/guacamole:1.6.0", host + "/guacamole/guacd:1.6.0"
	}
	tb.Logf("STAND-IN: machines run stand-ins for Guacamole's images, not the real ones; %s names a registry of those.", variable)
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	tb.Cleanup(server.Close)
	address := server.Listener.Addr().(*net.TCPAddr)
	program := build(tb)
	reference := func(part string) string {
		digest, err := push(tb.Context(), server.URL+"/v2/guacamole/"+part, part, program)
		if err != nil {
			tb.Fatalf("push the stand-in of %s: %v", part, err)
		}
		return fmt.Sprintf("127.0.0.1:%d/guacamole/%s:1.6.0@%s", machinePort, part, digest)
	}
	return address.Port, reference("guacamole"), reference("guacd")
}

// Private

// build compiles the program, which needs nothing of the image that it runs in.
func build(tb testing.TB) []byte {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "program")
	command := exec.CommandContext(tb.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path,
		"github.com/dictumal/dictumal/internal/guacamole/standin/program")
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if output, err := command.CombinedOutput(); err != nil {
		tb.Fatalf("build the stand-in: %v\n%s", err, output)
	}
	program, err := os.ReadFile(path)
	if err != nil {
		tb.Fatalf("read the stand-in: %v", err)
	}
	return program
}

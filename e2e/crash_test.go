package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

// process is the real binary, as a server.
type process struct {
	*exec.Cmd
	log bytes.Buffer
}

// binary builds the program.
func binary(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dictumal")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, "github.com/dictumal/dictumal/cmd/dictumal").CombinedOutput()
	if err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// serve runs the binary until it says where it listens.
func (r *rig) serve(binary string, environ ...string) *process {
	r.t.Helper()
	p := &process{Cmd: exec.CommandContext(context.WithoutCancel(r.t.Context()), binary, "serve")}
	p.Env = append(append(os.Environ(), r.environ()...), environ...)
	p.Stderr = &p.log
	out, err := p.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { p.kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		r.t.Fatalf("the server said nothing (%v): %s", err, p.log.String())
	}
	r.url, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "Open "), "/sign-in")
	return p
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// port keeps the address across restarts.
func port(t *testing.T) string {
	t.Helper()
	return "DICTUMAL_LISTEN=" + machinetest.FreeAddress(t)
}

// crashed is a program that can be killed, and the environment of its next life.
func crashed(t *testing.T) (r *rig, program, listen string) {
	t.Helper()
	project, own := machines(t)
	r = &rig{t: t, data: filepath.Join(t.TempDir(), "data"), project: project, incus: own}
	return r, binary(t), port(t)
}

// told waits for an event of a deployment that holds a text, from its first event on.
func (r *rig) told(id, text string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://local/api/deployments/"+id+"/events", http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Last-Event-ID", "0")
	response, err := (&http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", filepath.Join(r.data, "control.sock"))
		},
	}}).Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	r.t.Fatalf("the events of %s ended before %q", id, text)
}

func TestAServerKilledWhileAMachineIsMadeMakesNoSecond(t *testing.T) {
	for round, moment := range []string{
		`"status":"PROVISIONING"`, // ordered, perhaps not yet asked for
		"Asked Incus",             // the name is written down, the call is under way
		`"status":"CONFIGURING"`,  // the machine boots
	} {
		t.Run("killed at "+moment, func(t *testing.T) {
			t.Parallel()
			r, program, listen := crashed(t)
			server := r.serve(program, listen, "DICTUMAL_GRACE=110s")
			desk := r.deploy(r.local(), fmt.Sprintf("---\ntitle: Round %d\n---\n# Round %d\n", round, round))
			r.told(desk.ID, moment)
			server.kill()

			server = r.serve(program, listen, "DICTUMAL_GRACE=110s")
			active := r.await(r.local(), desk.ID, dictumal.Active)
			if names := r.containers(); len(names) != 1 || active.Machine == nil || names[0] != *active.Machine {
				t.Errorf("machines = %v, the row says %v", names, active.Machine)
			}
			if _, err := r.local().Destroy(t.Context(), desk.ID); err != nil {
				t.Fatal(err)
			}
			r.await(r.local(), desk.ID, dictumal.Destroyed)
			if names := r.containers(); len(names) != 0 {
				t.Errorf("machines after destroy = %v", names)
			}
			server.kill()
		})
	}
}

func TestAServerKilledWhileAMachineIsDestroyedLeavesNone(t *testing.T) {
	t.Parallel()
	r, program, listen := crashed(t)
	server := r.serve(program, listen)
	desk := r.deploy(r.local(), plain)
	r.await(r.local(), desk.ID, dictumal.Active)
	if _, err := r.local().Destroy(t.Context(), desk.ID); err != nil {
		t.Fatal(err)
	}
	server.kill()

	r.serve(program, listen)
	gone := r.await(r.local(), desk.ID, dictumal.Destroyed)
	if names := r.containers(); len(names) != 0 {
		t.Errorf("machines = %v, the row says %s", names, gone.Status)
	}
}

func TestMachinesStayWhenTheServerStops(t *testing.T) {
	t.Parallel()
	r, program, listen := crashed(t)
	server := r.serve(program, listen)
	desk := r.deploy(r.local(), plain)
	r.await(r.local(), desk.ID, dictumal.Active)
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("the server ended with %v: %s", err, server.log.String())
	}

	began := time.Now()
	r.serve(program, listen)
	if found := r.await(r.local(), desk.ID, dictumal.Active); found.Machine == nil {
		t.Error("the next start does not know the machine")
	}
	t.Logf("found again after %s", time.Since(began).Round(time.Millisecond))
	if names := r.containers(); len(names) != 1 {
		t.Errorf("machines = %v", names)
	}
}

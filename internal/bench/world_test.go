//go:build bench

package bench

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/client"
	"github.com/dictumal/dictumal/internal/host"
	"github.com/dictumal/dictumal/internal/incus"
	"github.com/dictumal/dictumal/internal/incustest"
)

// binary is what make build has made: what is measured is what is shipped.
const binary = "../../bin/dictumal"

// world is an Incus project of its own.
type world struct {
	project string
	incus   *incus.Client
}

func newWorld(t *testing.T) *world {
	t.Helper()
	all, project := incustest.Client(t), incustest.Name()
	if err := host.MakeProject(t.Context(), all, project); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
		defer cancel()
		if err := host.RemoveProject(ctx, all, project); err != nil {
			t.Error(err)
		}
	})
	return &world{project: project, incus: all.Project(project)}
}

// program is the real binary, serving.
type program struct {
	pid    int
	url    string
	local  *client.Client // through the control socket
	client *client.Client // with a token, over the network
}

// serve runs the program on a data folder until the test ends.
func (w *world) serve(t *testing.T, data string, environ ...string) *program {
	t.Helper()
	command := exec.CommandContext(context.WithoutCancel(t.Context()), binary, "serve")
	command.Env = append(append(os.Environ(), "DICTUMAL_LISTEN=127.0.0.1:0", "DICTUMAL_DATA_DIR="+data, "INCUS_PROJECT="+w.project), environ...)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin(t, command)
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("the server said nothing: %v", err)
	}
	p := &program{pid: command.Process.Pid}
	p.url, _, _ = strings.Cut(strings.TrimPrefix(line, "Open "), "/sign-in")
	p.local = client.Local(filepath.Join(data, "control.sock"), p.url)
	var token string
	until(t, "the server makes a token", func() bool {
		token, err = p.local.CreateToken(t.Context(), client.TokenOrder{})
		return err == nil
	})
	if p.client, err = client.Remote(p.url, token); err != nil {
		t.Fatal(err)
	}
	return p
}

// keep gives the program a document.
func (p *program) keep(t *testing.T, document string) client.Order {
	t.Helper()
	law, err := p.client.CreateConstitution(t.Context(), document)
	if err != nil {
		t.Fatal(err)
	}
	return client.Order{ConstitutionID: law.ID}
}

// deploy orders a desktop and waits until it is ACTIVE. It reports each change.
func (p *program) deploy(t *testing.T, order client.Order, report func(client.Deployment)) client.Deployment {
	t.Helper()
	made, err := p.client.Deploy(t.Context(), order, "")
	if err != nil {
		t.Fatal(err)
	}
	made, err = p.client.Follow(t.Context(), made.ID, report)
	if err != nil {
		t.Fatal(err)
	}
	if made.Status != dictumal.Active {
		t.Fatalf("the deployment is %s: %+v", made.Status, made.Error)
	}
	return made
}

// destroy removes a desktop and waits until Incus has none left.
func (w *world) destroy(t *testing.T, p *program, id string) {
	t.Helper()
	if _, err := p.client.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, "the machine is gone", func() bool {
		d, err := p.client.Deployment(t.Context(), id)
		return err == nil && d.Status == dictumal.Destroyed
	})
}

func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// begin starts a process and ends it with the test.
func begin(t *testing.T, command *exec.Cmd) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { end(command) })
}

func end(command *exec.Cmd) {
	_ = command.Process.Kill()
	_ = command.Wait()
}

// peer is the path of a program that ours is compared with.
func peer(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("There is no %s on this host; scripts/bench.sh installs it.", name)
	}
	return path
}

func example(t *testing.T, name string) string {
	t.Helper()
	document, err := os.ReadFile(filepath.Join("../../examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

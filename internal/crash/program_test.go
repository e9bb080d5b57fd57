package crash_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long anything may take that usually takes a second.
const patience = time.Minute

// build gives the program that ends itself.
func build(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// built is the program, which is the same for all tests of one run.
var built = sync.OnceValues(func() (path string, err error) {
	folder, err := os.MkdirTemp("", "program-")
	if err != nil {
		return "", err
	}
	path = filepath.Join(folder, "dictumal")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-tags", "crash", "-o", path, "github.com/dictumal/dictumal/cmd/dictumal").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// program is a server that runs, or has ended.
type program struct {
	command *exec.Cmd
	ended   chan struct{}
	said    said
}

// run starts a server and waits until it serves or has ended.
func run(t *testing.T, path string, environ []string) *program {
	t.Helper()
	p := &program{command: exec.CommandContext(context.WithoutCancel(t.Context()), path, "serve"), ended: make(chan struct{})}
	p.command.Env = append(os.Environ(), environ...)
	p.command.Stderr = &p.said
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = bufio.NewReader(out).ReadString('\n') // where it serves, or nothing
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	return p
}

// kill ends the server from outside.
func (p *program) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// dead tells whether the server has ended, as one may that has just stopped answering.
func (p *program) dead(wait time.Duration) bool {
	select {
	case <-p.ended:
		return true
	default:
	}
	select {
	case <-p.ended:
		return true
	case <-time.After(wait):
		return false
	}
}

// killed tells whether it was ended by SIGKILL.
func (p *program) killed() bool {
	status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// told lists what follows a beginning of a line in what the server has said.
func (p *program) told(beginning string) []string {
	var all []string
	for line := range strings.Lines(p.said.String()) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), beginning); ok {
			all = append(all, rest)
		}
	}
	return all
}

// said is what a program writes while others read it.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

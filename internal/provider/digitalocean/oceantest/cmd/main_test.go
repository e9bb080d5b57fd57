package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/digitalocean/godo"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func TestTheProgramAnswersAndEndsWhenItIsTold(t *testing.T) {
	program := filepath.Join(t.TempDir(), "oceantest")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, output)
	}
	command := exec.CommandContext(t.Context(), program, "-listen", "127.0.0.1:0", "-token", "t")
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatalf("listen to it: %v", err)
	}
	if err := command.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "The stand-in for DigitalOcean's API is at http://127.0.0.1:") {
		t.Fatalf("it said %q (%v)", line, err)
	}
	address := line[strings.LastIndex(line, " ")+1:]
	client, err := godo.New(&http.Client{Transport: oceantest.Bearer("t", http.DefaultTransport)}, godo.SetBaseURL(strings.TrimSpace(address)))
	if err != nil {
		t.Fatalf("make a client: %v", err)
	}
	if account, _, err := client.Account.Get(t.Context()); err != nil || account.DropletLimit != 25 {
		t.Errorf("the account is %+v (%v)", account, err)
	}
	if _, response, err := client.Droplets.Get(t.Context(), 1); err == nil || response.StatusCode != http.StatusNotFound {
		t.Errorf("a droplet that is not there: %v", err)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatalf("tell it: %v", err)
	}
	if err := command.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestTheProgramSaysWhatIsMissing(t *testing.T) {
	cases := []struct {
		name, want string
		arguments  []string
	}{
		{"no token", "-token TOKEN", nil},
		{"unknown machines", `not "ships"`, []string{"-token", "t", "-machines", "ships"}},
		{"an address that is none", "listen on nowhere", []string{"-token", "t", "-listen", "nowhere"}},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			if err := run(context.WithoutCancel(t.Context()), test.arguments, io.Discard); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("it says %v, want %q", err, test.want)
			}
		})
	}
}

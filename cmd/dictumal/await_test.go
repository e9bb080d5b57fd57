package main

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// await waits until something listens on the Unix sockets.
func await(ts *testscript.TestScript, neg bool, sockets []string) {
	if neg {
		ts.Fatalf("await cannot be negated")
	}
	deadline := time.Now().Add(20 * time.Second)
	for _, socket := range sockets {
		for !listens(filepath.Join(ts.Getenv("WORK"), socket)) {
			if time.Now().After(deadline) {
				ts.Fatalf("nobody listens on %s", socket)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
}

// exits runs the program and checks its exit code, the first word.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE ARGUMENTS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	err = ts.Exec("dictumal", args[1:]...)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != want {
		ts.Fatalf("it exits with %d, want %d", code, want)
	}
}

func listens(socket string) bool {
	connection, err := new(net.Dialer).DialContext(context.Background(), "unix", socket)
	if err != nil {
		return false
	}
	_ = connection.Close()
	return true
}

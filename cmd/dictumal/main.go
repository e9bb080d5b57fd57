// Dictumal turns a constitution into a desktop: one binary that serves, and that
// asks a running server.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is set when the binary is built.
var version = "dev"

func main() {
	os.Exit(start())
}

// Private

func start() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the program at once.
	context.AfterFunc(ctx, stop)
	return run(&world{ctx: ctx, environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}, os.Args[1:])
}

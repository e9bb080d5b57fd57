package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the expected output anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dictumal": func() {
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			os.Exit(run(&world{ctx: ctx, environ: os.Environ(), stdout: os.Stdout, stderr: os.Stderr}, os.Args[1:]))
		},
	})
}

// The scripts run the whole program with a data folder of its own. What they need
// of Incus is that it is missing.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: *update, RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			port, err := free(t.Context())
			if err != nil {
				return err
			}
			env.Setenv("DICTUMAL_LISTEN", fmt.Sprintf("127.0.0.1:%d", port))
			env.Setenv("DICTUMAL_DATA_DIR", env.Getenv("WORK")+"/data")
			env.Setenv("INCUS_SOCKET", env.Getenv("WORK")+"/no-incus.socket")
			env.Setenv("INCUS_PROJECT", "dictumal-test-none")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"await": await, "exits": exits, "postgres": postgres(t)},
	})
}

// free finds a port that nobody uses at this moment.
func free(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// Program cmd serves a stand-in for DigitalOcean's API: an account that is gone
// when it ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/dictumal/dictumal/internal/provider/digitalocean/oceantest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run serves until the context ends, and then removes what it has made.
func run(ctx context.Context, arguments []string, out io.Writer) error {
	flags := flag.NewFlagSet("oceantest", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	token := flags.String("token", "", "the only token that is let in")
	kind := flags.String("machines", "memory", "what runs behind the droplets: memory (nothing) or incus")
	project := flags.String("project", "dictumal-ocean", "the Incus project; made, and removed in the end, where it is missing")
	image := flags.String("image", "dictumal-plain", "the Incus image")
	boot := flags.Duration("boot", 0, "how long a droplet without a machine is new")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *token == "" {
		return errors.New("name the token that is let in: -token TOKEN")
	}
	options := oceantest.Options{Token: *token, Boot: *boot}
	switch *kind {
	case "memory":
		return serve(ctx, oceantest.New(options), *listen, out)
	case "incus":
		machines, remove, err := containers(ctx, *project, *image)
		if err != nil {
			return err
		}
		options.Machines = machines
		err = serve(ctx, oceantest.New(options), *listen, out)
		return errors.Join(err, remove())
	}
	return fmt.Errorf("-machines is memory or incus, not %q", *kind)
}

// Private

func serve(ctx context.Context, ocean *oceantest.Ocean, address string, out io.Writer) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	server := &http.Server{Handler: ocean, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	fmt.Fprintf(out, "The stand-in for DigitalOcean's API is at http://%s\n", listener.Addr())
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	_ = server.Close() // callers are not waited for: machines cost
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return ocean.Close(patience)
}

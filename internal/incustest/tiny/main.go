// Command tiny is all the software that a test's machine has: the first process,
// which answers on a few ports, and a probe that tests run inside the machine.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		live()
		return
	}
	if err := probe(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stdout, err)
		os.Exit(1)
	}
}

// Private

// live is the machine's first process: it ends when the machine is told to.
func live() {
	for _, port := range []string{":22", ":8080"} {
		if listener, err := net.Listen("tcp", port); err == nil { //nolint:noctx // as long as the machine
			go greet(listener)
		}
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGPWR, syscall.SIGTERM, syscall.SIGINT)
	<-ended
}

func greet(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Write([]byte("hello\n"))
		_ = conn.Close()
	}
}

func probe(verb string, arguments []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	switch verb {
	case "network": // ADDRESS/BITS GATEWAY
		return configure(arguments[0], arguments[1])
	case "dial": // NETWORK HOST:PORT [FROM]
		return dial(ctx, arguments)
	case "resolve": // SERVER NAME
		return resolve(ctx, arguments[0], arguments[1])
	case "read": // PATH
		return read(arguments[0])
	case "address": // ADDRESS/BITS: another one besides
		return addAddress("eth0:1", arguments[0])
	}
	return fmt.Errorf("there is no probe %q", verb)
}

func dial(ctx context.Context, arguments []string) error {
	var dialer net.Dialer
	if len(arguments) > 2 {
		dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(arguments[2])}
	}
	_, err := dialer.DialContext(ctx, arguments[0], arguments[1])
	return err
}

func resolve(ctx context.Context, server, name string) error {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "udp", server+":53")
	}}
	addresses, err := resolver.LookupHost(ctx, name)
	fmt.Fprintln(os.Stdout, addresses)
	return err
}

func read(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	_, err = bufio.NewReader(file).WriteTo(os.Stdout)
	return err
}

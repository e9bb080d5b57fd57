package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"time"
)

// guacd listens as guacd does, takes its options, and refuses every connection.
func guacd(arguments []string) error {
	flags := flag.NewFlagSet("guacd", flag.ContinueOnError)
	host := flags.String("b", "0.0.0.0", "address to listen at")
	port := flags.String("l", "4822", "port to listen at")
	if err := flags.Parse(arguments); err != nil {
		return fmt.Errorf("read the options: %w", err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(*host, *port)) //nolint:noctx // it lives as long as the program
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	log.Printf("listening at %s", listener.Addr())
	for {
		conn, err := listener.Accept()
		if err != nil {
			return fmt.Errorf("accept a connection: %w", err)
		}
		go refuse(conn)
	}
}

// refuse says in Guacamole's protocol that there is no such service: instructions
// are elements with their length in front.
func refuse(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = conn.Read(make([]byte, 1024)) // whatever it asks for
	_, _ = fmt.Fprint(conn, "5.error,8.STAND-IN,3.256;")
}

package postgrestest

import (
	"context"
	"io"
	"net"
	"net/url"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// Fate is what becomes of something that a server says.
type Fate int

// The fates.
const (
	Passed Fate = iota
	Lost
	Broken // the connection ends in its place
)

// Relay is a way to a database on which a test decides what becomes of each thing that
// the server says. It may be asked by several connections at once.
func Relay(tb testing.TB, place string, fate func(pgproto3.BackendMessage) Fate) string {
	tb.Helper()
	config, err := pgconn.ParseConfig(place)
	must(tb, err)
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	must(tb, err)
	tb.Cleanup(func() { _ = listener.Close() })
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	ctx := context.WithoutCancel(tb.Context())
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := new(net.Dialer).DialContext(ctx, network, address)
			if err != nil {
				_ = client.Close()
				continue
			}
			go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
			go func() { pass(client, server, fate); _ = client.Close() }()
		}
	}()
	return behind(tb, place, listener.Addr())
}

// Private

// pass passes on what a server says.
func pass(client io.Writer, server io.Reader, fate func(pgproto3.BackendMessage) Fate) {
	from := pgproto3.NewFrontend(server, io.Discard)
	for {
		message, err := from.Receive()
		if err != nil {
			return
		}
		switch fate(message) {
		case Broken:
			return
		case Lost:
			continue
		case Passed:
		}
		encoded, err := message.Encode(nil)
		if err != nil {
			return
		}
		if _, err := client.Write(encoded); err != nil {
			return
		}
	}
}

// behind is a database's URL at another address.
func behind(tb testing.TB, place string, at net.Addr) string {
	tb.Helper()
	u, err := url.Parse(place)
	must(tb, err)
	host, port, err := net.SplitHostPort(at.String())
	must(tb, err)
	query := u.Query()
	query.Set("host", host)
	query.Set("port", port)
	u.RawQuery = query.Encode()
	return u.String()
}

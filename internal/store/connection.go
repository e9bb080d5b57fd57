package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// Private

// connections are those to a server, made when they are needed. One that has waited for
// its next use is looked at first, and another is made in its place where it is of no
// use any more: who comes after a restart, or after another server has taken over, need
// not know of that.
func connections(config *pgx.ConnConfig) *sql.DB {
	return stdlib.OpenDB(*config,
		stdlib.OptionResetSession(useful),
		// To ask the server takes as long as the statement. What has ended is seen without.
		stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false }))
}

// useful refuses a connection that has ended, or whose server can only be read from:
// servers tell their clients when they become so (PostgreSQL 14 or newer).
func useful(_ context.Context, connection *pgx.Conn) error {
	server := connection.PgConn()
	if server.ParameterStatus("in_hot_standby") == "on" || server.ParameterStatus("default_transaction_read_only") == "on" ||
		!silent(server.Conn()) {
		return driver.ErrBadConn
	}
	return nil
}

// silent tells whether a connection is open and nothing has come on it. To one that
// nobody uses a server says nothing but farewell.
func silent(connection net.Conn) bool {
	if wrapped, is := connection.(interface{ NetConn() net.Conn }); is { // TLS
		connection = wrapped.NetConn()
	}
	socket, is := connection.(syscall.Conn)
	if !is {
		return true
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	var first [1]byte
	var heard error
	err = raw.Control(func(fd uintptr) {
		_, _, heard = syscall.Recvfrom(int(fd), first[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	return err == nil && heard == syscall.EAGAIN //nolint:errorlint // what the system answers is bare
}

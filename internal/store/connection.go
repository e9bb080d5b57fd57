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

// connections are those to a server, made when they are needed. Each is looked at before
// it is used, and another is made in its place where it is of no use any more: who comes
// after a restart, or after another server has taken over, need not know of that.
func connections(config *pgx.ConnConfig) *sql.DB {
	// To ask the server takes as long as a statement. What has ended is seen without.
	never := stdlib.OptionShouldPing(func(context.Context, stdlib.ShouldPingParams) bool { return false })
	return sql.OpenDB(connector{stdlib.GetConnector(*config, never)})
}

type connector struct{ driver.Connector }

// Connect makes a connection that is looked at.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	made, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return connection{made.(*stdlib.Conn)}, nil //nolint:forcetypeassert // that is what the connector makes
}

// connection is looked at here, since not all that wait are reset before their use.
type connection struct{ *stdlib.Conn }

// BeginTx begins a transaction.
func (c connection) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	if !c.useful() {
		return nil, driver.ErrBadConn
	}
	return c.Conn.BeginTx(ctx, options)
}

// ExecContext runs a statement.
func (c connection) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !c.useful() {
		return nil, driver.ErrBadConn
	}
	return c.Conn.ExecContext(ctx, query, args)
}

// QueryContext runs a query.
func (c connection) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if !c.useful() {
		return nil, driver.ErrBadConn
	}
	return c.Conn.QueryContext(ctx, query, args)
}

// useful is false where a connection has ended, or its server can only be read from:
// servers tell their clients when they become so (PostgreSQL 14 or newer). In the middle
// of a transaction it is too late for another.
func (c connection) useful() bool {
	server := c.Conn.Conn().PgConn()
	return server.TxStatus() != 'I' ||
		server.ParameterStatus("in_hot_standby") != "on" && server.ParameterStatus("default_transaction_read_only") != "on" && silent(server.Conn())
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
	return err == nil && heard == syscall.EAGAIN
}

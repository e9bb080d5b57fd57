package gateway

import (
	"bufio"
	"net"
	"net/http"
)

// door keeps the connection under a WebSocket: the library waits without an end for
// what a viewer still owes of a message when the socket is closed.
type door struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack takes the connection over, as the library asks for it.
func (d *door) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(d.ResponseWriter).Hijack()
	d.conn = conn
	return conn, buffered, err
}

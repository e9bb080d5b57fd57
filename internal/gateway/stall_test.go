package gateway

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

func TestAViewerThatStopsWithinAMessageHoldsNothing(t *testing.T) {
	host := machinetest.Start(t)
	vnc := listenVNC(t, host)
	pace := usualPace()
	gateway, url := serve(t, pace, everything(host.Target))
	go func() { _, _ = enter(vnc) }()
	conn := upgrade(t, strings.TrimPrefix(url, "ws://"))
	// A binary message of a gigabyte, of which no more comes than a greeting that is
	// refused. The mask is of zeros, so that the bytes are as they stand.
	head := []byte{0x82, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0}
	if _, err := conn.Write(append(head, "RFB 003.003\n"...)); err != nil {
		t.Fatal(err)
	}
	until(t, "the viewer was seen", func() bool { return gateway.Stats().Opened == 1 })
	until(t, "the viewer is gone", func() bool { return gateway.Stats().Open == 0 })
}

// upgrade opens a WebSocket and leaves its frames to the test.
func upgrade(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	request := "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReaderSize(conn, 1), nil) //nolint:bodyclose // it is the connection
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("answer %+v, %v", answer, err)
	}
	return conn
}

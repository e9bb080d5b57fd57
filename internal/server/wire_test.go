package server

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/certificate"
	"github.com/dictumal/dictumal/internal/certificate/certificatetest"
)

func TestWhoIsSlowIsLeftAndWhoListensIsNot(t *testing.T) {
	h := newHouse(t)
	h.limits.header, h.limits.body, h.limits.answer = 300*time.Millisecond, 300*time.Millisecond, 300*time.Millisecond
	cookie := h.signIn("ada@example.org")
	address, _ := h.open(false)
	head := "Host: desktops.example.org\r\nCookie: " + cookie + "\r\n"
	listener := h.call(address, "GET /api/events HTTP/1.1\r\n"+head+"\r\n")
	status, err := bufio.NewReader(listener).ReadString('\n')
	if err != nil || !strings.Contains(status, "200") {
		t.Fatalf("a stream of events answers %q, %v", status, err)
	}
	t.Run("a request that never ends", func(t *testing.T) {
		var all []net.Conn
		for range 100 {
			all = append(all, h.call(address, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "))
		}
		for _, conn := range all {
			wantEnd(t, conn)
		}
	})
	t.Run("a body that never comes", func(t *testing.T) {
		for _, path := range []string{"/sign-in", "/constitutions", "/nowhere"} {
			conn := h.call(address, "POST "+path+" HTTP/1.1\r\n"+head+"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ncode=")
			wantEnd(t, conn)
		}
	})
	t.Run("an answer that nobody takes", func(t *testing.T) {
		conn := h.call(address, "")
		h.must(conn.(*net.TCPConn).SetReadBuffer(4 << 10))
		written := make(chan error, 1)
		go func() { // asks for ever and reads nothing
			for {
				if _, err := conn.Write([]byte("GET /constitutions/new HTTP/1.1\r\n" + head + "\r\n")); err != nil {
					written <- err
					return
				}
			}
		}()
		if err := <-written; err == nil {
			t.Error("the server writes for ever")
		}
	})
	h.must(listener.SetReadDeadline(time.Now().Add(50 * time.Millisecond)))
	if _, err := io.Copy(io.Discard, listener); !os.IsTimeout(err) {
		t.Errorf("who listens was left, too: %v", err)
	}
}

func TestARequestIsOfBoundedSize(t *testing.T) {
	h := newHouse(t)
	address, _ := h.open(false)
	for _, test := range []struct{ name, head, want string }{
		{"a header of 64 KiB", "X-Long: " + strings.Repeat("x", 64<<10) + "\r\n", "431"},
		{"5000 short headers", strings.Repeat("X: y\r\n", 5000), "400"},
		{"99 headers", strings.Repeat("X: y\r\n", 99), "200"},
	} {
		conn := h.call(address, "GET /healthz HTTP/1.1\r\nHost: desktops.example.org\r\n"+test.head+"\r\n")
		status, err := bufio.NewReader(conn).ReadString('\n')
		if err != nil || !strings.Contains(status, " "+test.want+" ") {
			t.Errorf("%s: %q, %v, want %s", test.name, status, err, test.want)
		}
	}
}

func TestServingTLS(t *testing.T) {
	h := newHouse(t)
	h.limits.answer = 100 * time.Millisecond
	cookie := h.signIn("ada@example.org")
	address, roots := h.open(true)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "desktops.example.org"}, ForceAttemptHTTP2: true,
	}}
	t.Cleanup(client.CloseIdleConnections)
	t.Run("speaks HTTP/2 and streams events through it", func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		var all []io.Reader
		for range 20 { // of one connection
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+address+"/api/events", http.NoBody)
			h.must(err)
			request.Host = "desktops.example.org"
			request.Header.Set("Cookie", cookie)
			answer, err := client.Do(request)
			h.must(err)
			t.Cleanup(func() { _ = answer.Body.Close() })
			if answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 || answer.Header.Get("Strict-Transport-Security") == "" {
				t.Fatalf("it answers %s over %s", answer.Status, answer.Proto)
			}
			all = append(all, answer.Body)
		}
		time.AfterFunc(5*h.limits.answer, leave)
		for _, stream := range all { // which have longer than the pieces of other answers
			if _, err := io.Copy(io.Discard, stream); !errors.Is(err, context.Canceled) {
				t.Errorf("a stream has ended with %v", err)
			}
		}
	})
	t.Run("tells who speaks plain HTTP", func(t *testing.T) {
		conn := h.call(address, "GET / HTTP/1.1\r\nHost: desktops.example.org\r\n\r\n")
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(answer), "HTTP request to an HTTPS server") {
			t.Errorf("it answers %q, %v", answer, err)
		}
	})
}

// open serves the house on a port until the test ends.
func (h *house) open(secure bool) (address string, roots *x509.CertPool) {
	h.t.Helper()
	if secure {
		made := certificatetest.Usual(h.t, 1, h.URL.Hostname())
		roots = made.Pool()
		var err error
		h.TLSCert, h.TLSKey = made.Files(h.t)
		h.keeper, err = certificate.Open(certificate.Files{Certificate: h.TLSCert, Key: h.TLSKey}, h.URL.Hostname(), h.Log)
		h.must(err)
	}
	h.public = h.listener(h.protect(h.handle(whenAsked(h.API))))
	listener, err := new(net.ListenConfig).Listen(h.t.Context(), "tcp", "127.0.0.1:0")
	h.must(err)
	served := make(chan error, 1)
	go func() { served <- h.Serve(listener) }()
	h.t.Cleanup(func() {
		h.must(h.Shutdown(context.WithoutCancel(h.t.Context())))
		h.must(<-served)
	})
	return listener.Addr().String(), roots
}

func (h *house) call(address, text string) net.Conn {
	h.t.Helper()
	conn, err := new(net.Dialer).DialContext(h.t.Context(), "tcp", address)
	h.must(err)
	h.t.Cleanup(func() { _ = conn.Close() })
	_, err = io.WriteString(conn, text)
	h.must(err)
	return conn
}

// wantEnd waits until the other side has ended a connection, whatever it has said.
func wantEnd(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); os.IsTimeout(err) {
		t.Error("the server waits for ever")
	}
}

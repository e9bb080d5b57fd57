package machine_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

const door = "dictumal-7k-01j9abc.dictumal.invalid"

func TestProbeGuacamole(t *testing.T) {
	host := machinetest.Start(t)
	dialer := newDialer(t)
	vouching := newAuthority(t)
	ports := nobody(t)
	whole := t // what one part starts stays for the next
	probe := func(t *testing.T) machine.Report {
		t.Helper()
		return probeGuacamole(t, dialer, host.Target, machine.Door{Name: door, Roots: vouching.Pool(), Ports: ports})
	}

	t.Run("finds a machine that only answers by SSH", func(t *testing.T) {
		report := probe(t)
		if !report.SSH || report.VNC || report.HTTP80 || report.GuacHTTP || report.GuacHTTPS || report.Bootstrap != "" || report.Cause == nil {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("hears what the machine says, and believes none of it of the stream", func(t *testing.T) {
		host.Answer(`{"bootstrap":"running","vnc":true,"desktop":true,"dialogs":["Oh dear"]}`)
		report := probe(t)
		if report.VNC || report.Bootstrap != "running" || !report.Desktop || len(report.Dialogs) != 1 || report.Cause != nil || report.Clocked {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("sees a real VNC server", func(t *testing.T) {
		ports.VNC = free(t)
		host.Desktop("640x480", "-rfbport", fmt.Sprint(ports.VNC), "-localhost=1")
		if report := probe(t); !report.VNC || report.HTTP80 || report.GuacHTTP || report.GuacHTTPS {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("sees Guacamole on the machine's loopback", func(t *testing.T) {
		ports.Guacamole = serve(whole, onlyGuacamole(http.StatusOK))
		if report := probe(t); !report.GuacHTTP || report.HTTP80 || report.GuacHTTPS {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("sees whatever answers on port 80", func(t *testing.T) {
		ports.HTTP = serve(whole, http.NotFoundHandler())
		if report := probe(t); !report.HTTP80 || report.GuacHTTPS {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("sees HTTPS once the machine is certified", func(t *testing.T) {
		host.Certificate()
		err := machine.Certify(t.Context(), dialer, host.Target, func(request []byte) ([]byte, error) {
			certificate, _, err := vouching.Sign(request, authority.Names{Machine: door}, time.Now())
			return certificate, err
		})
		if err != nil {
			t.Fatal(err)
		}
		ports.HTTPS = serveTLS(whole, host.Certified(), onlyGuacamole(http.StatusOK))
		if report := probe(t); !report.SSH || !report.VNC || !report.GuacHTTP || !report.HTTP80 || !report.GuacHTTPS {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("looks from outside also where SSH is not up", func(t *testing.T) {
		target := host.Target
		target.Deployment, target.Address = "other", fmt.Sprintf("127.0.0.1:%d", free(t))
		report := probeGuacamole(t, dialer, target, machine.Door{Name: door, Roots: vouching.Pool(), Ports: ports})
		if report.SSH || report.VNC || report.GuacHTTP || !report.HTTP80 || !report.GuacHTTPS || report.Cause == nil {
			t.Errorf("the report is %+v", report)
		}
	})

	t.Run("tells another machine by its host key", func(t *testing.T) {
		target := host.Target
		target.HostKey = newKey(t).AuthorizedLine
		report, err := machine.ProbeGuacamole(t.Context(), newDialer(t), target, machine.Door{Ports: ports})
		if !errors.Is(err, machine.ErrHostKeyChanged) || report.HTTP80 {
			t.Errorf("the report is %+v (%v)", report, err)
		}
	})

	t.Run("asks no name server for the machine", func(t *testing.T) {
		target := host.Target
		target.Address = "localhost:22"
		if report := probeGuacamole(t, dialer, target, machine.Door{Ports: ports}); report.SSH || report.HTTP80 || report.Cause == nil {
			t.Errorf("the report is %+v", report)
		}
	})
}

func TestTheMachinesClock(t *testing.T) {
	host := machinetest.Start(t)
	dialer := newDialer(t)
	ports := nobody(t)
	for _, ahead := range []time.Duration{0, 10 * time.Minute, -10 * time.Minute} {
		t.Run(ahead.String()+" ahead", func(t *testing.T) {
			host.Write(dictumal.ProbeCommand, fmt.Sprintf("#!/bin/sh\necho '{\"bootstrap\":\"done\",\"now\":'$(($(date +%%s)+%d))'.5}'\n", int(ahead.Seconds())), 0o700)
			report := probeGuacamole(t, dialer, host.Target, machine.Door{Ports: ports})
			if !report.Clocked || (report.Clock-ahead).Abs() > 2*time.Second {
				t.Errorf("it is said to be %v ahead (%v, %v)", report.Clock, report.Clocked, report.Cause)
			}
		})
	}
}

func TestGuacamoleOnLoopback(t *testing.T) {
	host := machinetest.Start(t)
	host.Answer(`{"bootstrap":"done"}`)
	dialer := newDialer(t)
	for _, test := range []struct {
		name   string
		answer func(net.Conn)
		vnc    bool
		http   bool
	}{
		{"greets as VNC does", says("RFB 003.008\n"), true, false},
		{"greets as something else", says("SSH-2.0-Open\n"), false, false},
		{"says less than a greeting", says("RFB"), false, false},
		{"ends at once", says(""), false, false},
		{"has a page", says("HTTP/1.1 200 OK\r\n\r\n"), false, true},
		{"has the way to a page", says("HTTP/1.1 302 Found\r\nLocation: /guacamole/x\r\n\r\n"), false, true},
		{"is still starting", says("HTTP/1.1 404 Not Found\r\n\r\n"), false, false},
		{"has failed", says("HTTP/1.1 500 Internal Server Error\r\n\r\n"), false, false},
		{"wants something first", says("HTTP/1.1 100 Continue\r\n\r\n"), false, false},
		{"has a page without end", endless("HTTP/1.1 200 OK\r\n\r\n", "x"), false, true},
		{"has a head without end", endless("HTTP/1.1 200 OK\r\n", "X-Y: z\r\n"), false, false},
		{"has a line without end", endless("HTTP/1.1 200 OK\r\nX: ", "y"), false, false},
		{"says what is no status", says("HTTP/1.1 99999999999 OK\r\n\r\n"), false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			ports := nobody(t)
			ports.VNC, ports.Guacamole = raw(t, test.answer), raw(t, test.answer)
			report := probeGuacamole(t, dialer, host.Target, machine.Door{Ports: ports})
			if report.VNC != test.vnc || report.GuacHTTP != test.http || report.Bootstrap != "done" {
				t.Errorf("the report is %+v", report)
			}
		})
	}
}

func TestTheDoorFromOutside(t *testing.T) {
	vouching := newAuthority(t)
	good := certify(t, vouching, door, time.Now())
	for _, test := range []struct {
		name  string
		https uint16
		door  machine.Door
		want  bool
	}{
		{"opens", serveTLS(t, good, onlyGuacamole(http.StatusOK)), machine.Door{Name: door, Roots: vouching.Pool()}, true},
		{"leads elsewhere", serveTLS(t, good, onlyGuacamole(http.StatusFound)), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"has nobody behind it", serveTLS(t, good, onlyGuacamole(http.StatusBadGateway)), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"has something else behind it", serveTLS(t, good, http.NotFoundHandler()), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"is another authority's", serveTLS(t, certify(t, newAuthority(t), door, time.Now()), onlyGuacamole(http.StatusOK)), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"is nobody's to vouch for", serveTLS(t, good, onlyGuacamole(http.StatusOK)), machine.Door{Name: door}, false},
		{"is another machine's", serveTLS(t, certify(t, vouching, "other.dictumal.invalid", time.Now()), onlyGuacamole(http.StatusOK)), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"was good once", serveTLS(t, certify(t, vouching, door, time.Now().Add(-authority.Life)), onlyGuacamole(http.StatusOK)), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"has no name", serveTLS(t, good, onlyGuacamole(http.StatusOK)), machine.Door{Roots: vouching.Pool()}, false},
		{"is not locked", serve(t, onlyGuacamole(http.StatusOK)), machine.Door{Name: door, Roots: vouching.Pool()}, false},
		{"is noise", raw(t, endless("", "\x16\x03\x01\xff\xff")), machine.Door{Name: door, Roots: vouching.Pool()}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.door.Ports = nobody(t)
			test.door.Ports.HTTPS = test.https
			if report := probeGuacamole(t, newDialer(t), absent(t), test.door); report.GuacHTTPS != test.want {
				t.Errorf("the report is %+v", report)
			}
		})
	}
}

func TestNothingIsFollowed(t *testing.T) {
	var followed atomic.Int32
	metadata := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { followed.Add(1) }))
	t.Cleanup(metadata.Close)
	t.Setenv("HTTP_PROXY", metadata.URL)
	t.Setenv("HTTPS_PROXY", metadata.URL)
	vouching := newAuthority(t)
	astray := http.RedirectHandler(metadata.URL+"/latest/meta-data/", http.StatusFound)
	host := machinetest.Start(t)
	ports := nobody(t)
	ports.HTTP, ports.Guacamole, ports.HTTPS = serve(t, astray), serve(t, astray), serveTLS(t, certify(t, vouching, door, time.Now()), astray)
	report := probeGuacamole(t, newDialer(t), host.Target, machine.Door{Name: door, Roots: vouching.Pool(), Ports: ports})
	if !report.HTTP80 || !report.GuacHTTP || report.GuacHTTPS || followed.Load() != 0 {
		t.Errorf("%d were followed; the report is %+v", followed.Load(), report)
	}
}

func TestAMachineThatSaysNothingAnywhere(t *testing.T) {
	t.Parallel()
	host := machinetest.Start(t)
	host.Write(dictumal.ProbeCommand, "#!/bin/sh\nexec sleep 60\n", 0o700)
	silent := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	ports := machine.Ports{HTTP: raw(t, silent), HTTPS: raw(t, silent), VNC: raw(t, silent), Guacamole: raw(t, silent)}
	report := probeGuacamole(t, newDialer(t), host.Target, machine.Door{Name: door, Ports: ports})
	if !report.SSH || report.VNC || report.HTTP80 || report.GuacHTTP || report.GuacHTTPS || !errors.Is(report.Cause, context.DeadlineExceeded) {
		t.Errorf("the report is %+v", report)
	}
}

func TestGuacamoleProbeEndsWithItsContext(t *testing.T) {
	silent := listen(t)
	go acceptAndSayNothing(silent)
	target := absent(t)
	target.Address = silent.Addr().String()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if report, err := machine.ProbeGuacamole(ctx, newDialer(t), target, machine.Door{Ports: nobody(t)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the report is %+v (%v)", report, err)
	}
}

func probeGuacamole(t *testing.T, dialer *machine.Dialer, target machine.Target, door machine.Door) machine.Report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	report, err := machine.ProbeGuacamole(ctx, dialer, target, door)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// absent is a machine on which no sshd runs.
func absent(t *testing.T) machine.Target {
	t.Helper()
	return machine.Target{
		Deployment: "d", Address: fmt.Sprintf("127.0.0.1:%d", free(t)),
		ClientKey: newKey(t).PrivatePEM, HostKey: newKey(t).AuthorizedLine,
	}
}

func newAuthority(t *testing.T) *authority.Authority {
	t.Helper()
	key, err := authority.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	made, err := authority.Load(key, time.Now().AddDate(-1, 0, 0), nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func certify(t *testing.T, by *authority.Authority, name string, now time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := by.Sign(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request}), authority.Names{Machine: name}, now)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(signed)
	return tls.Certificate{Certificate: [][]byte{block.Bytes}, PrivateKey: key}
}

// onlyGuacamole stands in for Guacamole: it has the one page that is asked for.
func onlyGuacamole(status int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /guacamole/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/guacamole/elsewhere")
		w.WriteHeader(status)
	})
	return mux
}

func serve(t *testing.T, handler http.Handler) uint16 {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return port(server.Listener)
}

func serveTLS(t *testing.T, certificate tls.Certificate, handler http.Handler) uint16 {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // handshakes are meant to fail
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	return port(server.Listener)
}

// raw answers each connection in its own way.
func raw(t *testing.T, answer func(net.Conn)) uint16 {
	t.Helper()
	listener := listen(t)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				answer(conn)
			}()
		}
	}()
	return port(listener)
}

// says says a thing whatever it hears, and hears all of it before it ends: an end
// with something unheard would take back what was said.
func says(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, text)
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
	}
}

func endless(head, more string) func(net.Conn) {
	return func(conn net.Conn) {
		_, err := io.WriteString(conn, head)
		for err == nil {
			_, err = io.WriteString(conn, strings.Repeat(more, 1000))
		}
	}
}

// nobody are ports at which nothing listens.
func nobody(t *testing.T) machine.Ports {
	t.Helper()
	return machine.Ports{HTTP: free(t), HTTPS: free(t), VNC: free(t), Guacamole: free(t)}
}

func free(t *testing.T) uint16 {
	t.Helper()
	listener := listen(t)
	_ = listener.Close()
	return port(listener)
}

func port(listener net.Listener) uint16 {
	return uint16(listener.Addr().(*net.TCPAddr).Port)
}

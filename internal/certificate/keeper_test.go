package certificate

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal/internal/certificate/certificatetest"
)

func TestARenewedCertificateIsTakenUpWhileServing(t *testing.T) {
	first, second := certificatetest.Usual(t, 1, "desktops.example.org"), certificatetest.Usual(t, 2, "desktops.example.org")
	kept := put(t, first.Certificate, first.Key)
	var log bytes.Buffer
	k := open(t, kept, &log)
	address := listen(t, k)
	wantSerial := func(when string, want int64) {
		t.Helper()
		state, err := shake(t, address, &tls.Config{})
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		if got := state.PeerCertificates[0].SerialNumber.Int64(); got != want {
			t.Errorf("%s, the certificate %d is served, want %d", when, got, want)
		}
	}
	wantSerial("at first", 1)
	certificatetest.Write(t, kept.Certificate, second.Certificate)
	wantSerial("with one file of two renewed", 1)
	if !strings.Contains(log.String(), "the former certificate stays") {
		t.Errorf("the log does not tell of files that do not fit:\n%s", &log)
	}
	certificatetest.Write(t, kept.Key, second.Key)
	wantSerial("with both renewed", 2)
	certificatetest.Write(t, kept.Key, []byte("half a k"))
	wantSerial("with a file half written", 2)
}

func TestAnOldWayToSpeakTLSIsRefused(t *testing.T) {
	one := certificatetest.Usual(t, 1, "desktops.example.org")
	address := listen(t, open(t, put(t, one.Certificate, one.Key), io.Discard))
	for _, test := range []struct {
		name string
		ask  *tls.Config
		good bool
	}{
		{"TLS 1.3", &tls.Config{MinVersion: tls.VersionTLS13}, true},
		{"TLS 1.2", &tls.Config{MaxVersion: tls.VersionTLS12}, true},
		{"TLS 1.1", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false},
		{"TLS 1.2 without authenticated encryption", &tls.Config{
			MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
		}, false},
	} {
		state, err := shake(t, address, test.ask)
		if (err == nil) != test.good {
			t.Errorf("%s: %v, %s", test.name, err, tls.VersionName(state.Version))
		}
	}
}

func TestTheLogIsToldOnceADayOfACertificateThatEnds(t *testing.T) {
	now := time.Now()
	late := certificatetest.Make(t, 1, now.AddDate(0, -3, 0), now.Add(time.Hour), "desktops.example.org")
	var log bytes.Buffer
	k := open(t, put(t, late.Certificate, late.Key), &log)
	told := func() int {
		return strings.Count(log.String(), "The certificate e") + strings.Count(log.String(), "The certificate has expired")
	}
	k.current()
	k.current()
	if told() != 1 {
		t.Errorf("the log says\n%s", &log)
	}
	k.now = func() time.Time { return now.Add(25 * time.Hour) }
	k.current()
	k.current()
	if told() != 2 {
		t.Errorf("a day later, the log says\n%s", &log)
	}
}

func open(t *testing.T, kept Files, log io.Writer) *Keeper {
	t.Helper()
	k, err := Open(kept, "desktops.example.org", slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func listen(t *testing.T, k *Keeper) string {
	t.Helper()
	plain, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener := tls.NewListener(plain, k.TLS())
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			_ = conn.(*tls.Conn).HandshakeContext(t.Context()) // the other side tells how it went
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-served
	})
	return plain.Addr().String()
}

func shake(t *testing.T, address string, ask *tls.Config) (tls.ConnectionState, error) {
	t.Helper()
	ask.InsecureSkipVerify = true // what is looked at is which certificate it is
	conn, err := (&tls.Dialer{Config: ask}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState(), nil
}

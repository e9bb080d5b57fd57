package crash_test

import (
	"bytes"
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
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/crash"
)

// desk is a machine that is up: sshd, what is reached through it, and its door.
type desk struct {
	ip      string
	failing bool
	ssh     *ssh.ServerConfig
	key     *ecdsa.PrivateKey // of its certificate

	mu     sync.Mutex
	open   []io.Closer
	opened bool // HTTPS
}

func newDesk(ctx context.Context, ip string, told userData, failing bool) (*desk, error) {
	host, err := ssh.ParsePrivateKey([]byte(told.HostKeys.Private))
	if err != nil {
		return nil, fmt.Errorf("read the host key: %w", err)
	}
	if len(told.AuthorizedKeys) != 1 {
		return nil, fmt.Errorf("%d keys may enter, want one", len(told.AuthorizedKeys))
	}
	authorized, _, _, _, err := ssh.ParseAuthorizedKey([]byte(told.AuthorizedKeys[0]))
	if err != nil {
		return nil, fmt.Errorf("read the authorized key: %w", err)
	}
	d := &desk{ip: ip, failing: failing, ssh: &ssh.ServerConfig{
		PublicKeyCallback: func(who ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if who.User() == "root" && bytes.Equal(key.Marshal(), authorized.Marshal()) {
				return &ssh.Permissions{}, nil
			}
			return nil, errors.New("not this key")
		},
	}}
	d.ssh.AddHostKey(host)
	if d.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	return d, d.listen(ctx, crash.SSH, d.enter)
}

// listen answers connections at a port, until the machine ends.
func (d *desk) listen(ctx context.Context, port int, answer func(net.Conn)) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", fmt.Sprintf("%s:%d", d.ip, port))
	if err != nil {
		return err
	}
	d.keep(listener)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			d.keep(conn)
			go answer(conn)
		}
	}()
	return nil
}

func (d *desk) keep(one io.Closer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = append(d.open, one)
}

func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, one := range d.open {
		_ = one.Close()
	}
}

// enter is sshd.
func (d *desk) enter(raw net.Conn) {
	_, channels, requests, err := ssh.NewServerConn(raw, d.ssh)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		switch offered.ChannelType() {
		case "session":
			go d.session(context.Background(), channel, requests)
		case "direct-tcpip": // VNC or Guacamole, whichever speaks first
			go ssh.DiscardRequests(requests)
			go loopback(channel, offered.ExtraData())
		case "direct-streamlocal@openssh.com":
			go ssh.DiscardRequests(requests)
			go picture(channel)
		default:
			_ = channel.Close()
		}
	}
}

// session runs one command.
func (d *desk) session(ctx context.Context, channel ssh.Channel, requests <-chan *ssh.Request) {
	defer func() { _ = channel.Close() }()
	for request := range requests {
		if request.Type != "exec" {
			_ = request.Reply(false, nil)
			continue
		}
		_ = request.Reply(true, nil)
		var command struct{ Line string }
		status := uint32(0)
		if err := errors.Join(ssh.Unmarshal(request.Payload, &command), d.run(ctx, channel, command.Line)); err != nil {
			fmt.Fprintln(channel.Stderr(), err)
			status = 1
		}
		_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
		return
	}
}

func (d *desk) run(ctx context.Context, channel ssh.Channel, command string) error {
	switch command {
	case dictumal.ProbeCommand:
		return d.probe(channel)
	case dictumal.CertificateCommand + " request":
		request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, d.key)
		if err != nil {
			return err
		}
		return pem.Encode(channel, &pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})
	case dictumal.CertificateCommand + " install":
		return d.install(ctx, channel)
	}
	return nil // the boot log is empty
}

func (d *desk) probe(to io.Writer) error {
	if d.failing {
		_, err := io.WriteString(to, `{"bootstrap":"failed","reason":"package-unknown","cause":"No package is called so."}`)
		return err
	}
	_, err := fmt.Fprintf(to, `{"bootstrap":"done","vnc":true,"desktop":true,"now":%d}`, time.Now().Unix())
	return err
}

// install opens HTTPS with the certificate that comes in.
func (d *desk) install(ctx context.Context, from io.Reader) error {
	certificate, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	key, err := x509.MarshalECPrivateKey(d.key)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(certificate, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key}))
	if err != nil {
		return err
	}
	d.mu.Lock()
	again := d.opened
	d.opened = true
	d.mu.Unlock()
	if again {
		return nil // it is the same key
	}
	secure := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return errors.Join(d.listen(ctx, crash.HTTP, func(conn net.Conn) { page(conn) }), d.listen(ctx, crash.HTTPS, func(conn net.Conn) { page(tls.Server(conn, secure)) }))
}

// page answers one request, whatever it asks for.
func page(conn io.ReadWriteCloser) {
	defer func() { _ = conn.Close() }()
	var head []byte
	for one := make([]byte, 1); !bytes.HasSuffix(head, []byte("\r\n\r\n")); head = append(head, one[0]) {
		if _, err := conn.Read(one); err != nil {
			return
		}
	}
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", http.StatusOK)
}

// loopback is a port of the machine that only it and we reach.
func loopback(channel ssh.Channel, where []byte) {
	var to struct {
		Host       string
		Port       uint32
		Originator string
		From       uint32
	}
	if err := ssh.Unmarshal(where, &to); err == nil && to.Port == dictumal.VNCPort {
		_, _ = io.WriteString(channel, "RFB 003.008\n")
		return // whoever reads it closes the channel
	}
	page(channel)
}

// picture is a VNC server that shows a picture of 16 by 16 pixels whenever it is asked
// to, and nothing else.
func picture(channel ssh.Channel) {
	defer func() { _ = channel.Close() }()
	const update = "\x00\x00\x00\x01" + "\x00\x00\x00\x00\x00\x10\x00\x10" + "\x00\x00\x00\x00"
	for _, turn := range []struct {
		says string
		hear int
	}{
		{"RFB 003.008\n", 12},
		{"\x01\x01", 1},         // no password; which is taken
		{"\x00\x00\x00\x00", 1}, // fine; shared or not
		{"\x00\x10\x00\x10" + "\x20\x18\x00\x01\x00\xff\x00\xff\x00\xff\x10\x08\x00\x00\x00\x00" + "\x00\x00\x00\x00", 8 + 10},
	} {
		if _, err := io.WriteString(channel, turn.says); err != nil {
			return
		}
		if _, err := io.ReadFull(channel, make([]byte, turn.hear)); err != nil {
			return
		}
	}
	for {
		if _, err := io.WriteString(channel, update+string(make([]byte, 16*16*4))); err != nil {
			return
		}
		if _, err := io.ReadFull(channel, make([]byte, 10)); err != nil {
			return
		}
	}
}

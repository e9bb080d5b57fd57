package hostile

import (
	"encoding/binary"
	"io"
	"net"
	"strings"

	"golang.org/x/crypto/ssh"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/gateway/rfb"
)

// Well is what an honest machine answers to the probe.
const Well = `{"bootstrap":"done","vnc":true,"desktop":true}`

// Private

// serve is an honest sshd, as far as the control plane needs one.
func (m *Machine) serve(conn net.Conn) {
	config := &ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
		return &ssh.Permissions{}, nil
	}}
	config.AddHostKey(m.hostKey)
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			return
		}
		if offered.ChannelType() == "session" {
			go m.session(channel, requests)
			continue
		}
		go ssh.DiscardRequests(requests)
		go func() {
			defer func() { _ = channel.Close() }()
			m.socket(offered, channel)
		}()
	}
}

func (m *Machine) session(channel ssh.Channel, requests <-chan *ssh.Request) {
	for request := range requests {
		_ = request.Reply(request.Type == "exec", nil)
		if request.Type != "exec" {
			continue
		}
		go ssh.DiscardRequests(requests)
		if run := m.Run; run != nil {
			run(string(request.Payload[4:]), channel)
			return
		}
		text := ""
		if strings.Contains(string(request.Payload), dictumal.ProbeCommand) {
			text = Well
		}
		_, _ = io.WriteString(channel, text)
		Exit(channel, 0)
		return
	}
}

// Exit ends a command.
func Exit(channel ssh.Channel, status uint32) {
	_, _ = channel.SendRequest("exit-status", false, binary.BigEndian.AppendUint32(nil, status))
	_ = channel.Close()
}

func (m *Machine) socket(offered ssh.NewChannel, channel ssh.Channel) {
	if offered.ChannelType() == "direct-tcpip" {
		var to struct {
			Host string
			Port uint32
			Rest []byte `ssh:"rest"`
		}
		switch {
		case ssh.Unmarshal(offered.ExtraData(), &to) != nil:
		case m.Port != nil:
			m.Port(to.Port, channel)
		case to.Port == dictumal.VNCPort:
			_, _ = io.WriteString(channel, "RFB 003.008\n")
		default:
			greetHTTP(channel)
		}
		return
	}
	if m.VNC != nil {
		m.VNC(channel)
		return
	}
	Echo(channel)
}

// Echo is a VNC server that draws whatever it hears.
func Echo(conn io.ReadWriter) {
	if rfb.Accept(conn) == nil {
		_, _ = io.Copy(conn, conn)
	}
}

func greetHTTP(conn io.ReadWriter) {
	if _, err := conn.Read(make([]byte, 4096)); err == nil {
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}
}

package hostile

import (
	"crypto/cipher"
	"encoding/binary"
	"io"
	"net"
	"sync"

	"golang.org/x/crypto/ssh"
)

// The messages of SSH by their numbers.
const (
	msgDisconnect     = 1
	msgIgnore         = 2
	msgServiceRequest = 5
	msgServiceAccept  = 6
	msgKexInit        = 20
	msgNewKeys        = 21
	msgKexReply       = 31
	msgAuthRequest    = 50
	msgAuthFailure    = 51
	msgAuthSuccess    = 52
	msgAuthBanner     = 53
	msgAuthPKOK       = 60
	msgGlobalRequest  = 80
	msgNo             = 82
	msgOpen           = 90
	msgOpenConfirm    = 91
	msgAdjust         = 93
	msgData           = 94
	msgExtendedData   = 95
	msgEOF            = 96
	msgClose          = 97
	msgRequest        = 98
	msgSuccess        = 99
	msgPing           = 192
)

// Wire is the server's end of an SSH connection, packet by packet: it says what no
// SSH library would.
type Wire struct {
	net.Conn
	hostKey ssh.Signer

	theirs, ours       string // versions
	session            []byte // its id
	seal, unseal       cipher.AEAD
	sealing, unsealing []byte // nonces
	sending            sync.Mutex
}

// NewWire begins a connection on which nothing was said yet.
func NewWire(conn net.Conn, hostKey ssh.Signer) *Wire {
	return &Wire{Conn: conn, hostKey: hostKey, ours: "SSH-2.0-OpenSSH_9.2p1"}
}

// SignIn lets anybody in who connects.
func (w *Wire) SignIn() error {
	if err := w.Greet(); err != nil {
		return err
	}
	if err := w.Kex(); err != nil {
		return err
	}
	return w.Auth()
}

// Greet says a version and hears the other's.
func (w *Wire) Greet() error {
	if _, err := io.WriteString(w.Conn, w.ours+"\r\n"); err != nil {
		return err
	}
	for b := make([]byte, 1); ; {
		if _, err := w.Read(b); err != nil {
			return err
		}
		if b[0] == '\n' {
			return nil
		}
		if b[0] != '\r' {
			w.theirs += string(b)
		}
	}
}

// Auth lets in whoever has any key.
func (w *Wire) Auth() error {
	for {
		packet, err := w.Receive()
		if err != nil {
			return err
		}
		answer, in := w.admit(packet)
		if answer != nil {
			if err := w.Send(answer); err != nil || in {
				return err
			}
		}
	}
}

// Send sends one packet.
func (w *Wire) Send(payload []byte) error { return w.Repeat(payload, 1) }

// Repeat sends the same packet so many times, in one piece.
func (w *Wire) Repeat(payload []byte, times int) error {
	w.sending.Lock()
	defer w.sending.Unlock()
	var packets []byte
	for range times {
		packets = w.pack(packets, payload)
	}
	_, err := w.Write(packets)
	return err
}

// Receive reads one packet.
func (w *Wire) Receive() ([]byte, error) {
	head := make([]byte, 4)
	if _, err := io.ReadFull(w.Conn, head); err != nil {
		return nil, err
	}
	rest := int(binary.BigEndian.Uint32(head))
	if w.unseal != nil {
		rest += w.unseal.Overhead()
	}
	body := make([]byte, rest)
	if _, err := io.ReadFull(w.Conn, body); err != nil {
		return nil, err
	}
	if w.unseal != nil {
		var err error
		if body, err = w.unseal.Open(body[:0], w.unsealing, body, head); err != nil {
			return nil, err
		}
		count(w.unsealing)
	}
	return body[1 : len(body)-int(body[0])], nil
}

// Private

// pack appends a packet as it goes over the line.
func (w *Wire) pack(line, payload []byte) []byte {
	block, open := 8, 4 // in the open the length counts, too
	if w.seal != nil {
		block, open = 16, 0
	}
	padding := block - (open+1+len(payload))%block
	if padding < 4 {
		padding += block
	}
	at := len(line)
	line = binary.BigEndian.AppendUint32(line, uint32(1+len(payload)+padding))
	line = append(line, byte(padding))
	line = append(append(line, payload...), make([]byte, padding)...)
	if w.seal != nil {
		head := line[at : at+4]
		line = w.seal.Seal(line[:at+4], w.sealing, line[at+4:], head)
		count(w.sealing)
	}
	return line
}

func (w *Wire) admit(packet []byte) (answer []byte, in bool) {
	switch packet[0] {
	case msgServiceRequest:
		return append([]byte{msgServiceAccept}, packet[1:]...), false
	case msgAuthRequest:
		var asked struct {
			User, Service, Method string
			Rest                  []byte `ssh:"rest"`
		}
		if ssh.Unmarshal(packet[1:], &asked) != nil || asked.Method != "publickey" {
			return ssh.Marshal(&struct {
				Type    byte
				Methods []string
				Partly  bool
			}{msgAuthFailure, []string{"publickey"}, false}), false
		}
		if asked.Rest[0] == 0 { // whether the key would do
			return append([]byte{msgAuthPKOK}, asked.Rest[1:]...), false
		}
		return []byte{msgAuthSuccess}, true
	}
	return nil, false
}

// count goes on to the next nonce.
func count(nonce []byte) {
	counter := nonce[4:]
	binary.BigEndian.PutUint64(counter, binary.BigEndian.Uint64(counter)+1)
}

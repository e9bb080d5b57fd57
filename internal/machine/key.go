package machine

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"
)

// KeyPair is an ed25519 key, for a client or for a host.
type KeyPair struct {
	PrivatePEM     []byte // in OpenSSH's format
	AuthorizedLine string // "ssh-ed25519 AAAA…", with no comment and no newline
}

// NewKeyPair makes a key.
func NewKeyPair() (KeyPair, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return KeyPair{}, fmt.Errorf("make a key: %w", err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return KeyPair{}, fmt.Errorf("write a private key: %w", err)
	}
	line, err := ssh.NewPublicKey(public)
	if err != nil {
		return KeyPair{}, fmt.Errorf("write a public key: %w", err)
	}
	return KeyPair{
		PrivatePEM:     pem.EncodeToMemory(block),
		AuthorizedLine: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(line))),
	}, nil
}

package guacamole

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// secretLength is 128 bits: nobody guesses the key from a login that leaked.
const secretLength = 16

// NewSecret makes the secret of one deployment, 128 bits.
func NewSecret() []byte {
	secret := make([]byte, secretLength)
	_, _ = rand.Read(secret) // it never fails
	return secret
}

// VNCPassword is the password of the machine's VNC server: eight characters of
// base64url, as many as VNC knows. It panics where the secret is shorter than
// those of [NewSecret], since anyone could derive from nothing.
func VNCPassword(secret []byte) string {
	return base64.RawURLEncoding.EncodeToString(derive(secret, "vnc", 6))
}

// JSONKey is the key of Guacamole's logins, 16 bytes. It says nothing of the VNC
// password, nor that of it. It panics as [VNCPassword] does.
func JSONKey(secret []byte) []byte { return derive(secret, "guacamole-json", keyLength) }

// Private

func derive(secret []byte, info string, length int) []byte {
	if len(secret) < secretLength {
		panic(fmt.Sprintf("guacamole: a secret has %d bytes and must have %d", len(secret), secretLength))
	}
	key, err := hkdf.Key(sha256.New, secret, nil, info, length)
	if err != nil {
		panic(err) // only for lengths that nobody asks for
	}
	return key
}

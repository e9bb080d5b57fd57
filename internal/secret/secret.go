// Package secret keeps what must not be read: it seals secrets at rest with a
// key that is derived from the installation's own.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// MinLength is the fewest bytes that the secret of an installation may have.
const MinLength = 32

// ErrKey says that a value was sealed with another key: AUTH_SECRET is not the
// one that it was.
var ErrKey = errors.New("the value was sealed with another key; AUTH_SECRET has changed")

// ErrSealed says that a value is damaged, or was moved to another place.
var ErrSealed = errors.New("the sealed value is damaged or belongs elsewhere")

// Sealer seals values so that they can be read only with the same key and only
// in the place for which they were sealed.
type Sealer struct {
	keyID string
	aead  cipher.AEAD
}

// NewSealer derives the sealing key from the secret of the installation.
func NewSealer(authSecret []byte) *Sealer {
	keyID := hex.EncodeToString(derive(authSecret, "dictumal seal id", 4))
	block, err := aes.NewCipher(derive(authSecret, "dictumal seal key", 32))
	if err != nil {
		panic(err) // the key has one of the lengths that AES takes
	}
	// A random nonce is made for each value by the cipher itself.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES is a cipher that GCM takes
	}
	return &Sealer{keyID: keyID, aead: aead}
}

// KeyID names the key, and tells nothing else of it.
func (s *Sealer) KeyID() string { return s.keyID }

// Seal encrypts a value. The context says where it is kept, as in
// "deployment|id|client_key": a value copied to another row or column does not
// open there. The answer is text: format, key id and ciphertext.
func (s *Sealer) Seal(plaintext []byte, context string) (string, error) {
	sealed := s.aead.Seal(nil, nil, plaintext, s.associated(context))
	return strings.Join([]string{format, s.keyID, base64.RawURLEncoding.EncodeToString(sealed)}, "."), nil
}

// Open decrypts what Seal made for the same context.
func (s *Sealer) Open(sealed, context string) ([]byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != format {
		return nil, ErrSealed
	}
	if parts[1] != s.keyID {
		return nil, ErrKey
	}
	ciphertext, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, ErrSealed
	}
	plaintext, err := s.aead.Open(nil, nil, ciphertext, s.associated(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

// Derive gives a key of its own for one purpose, so that no two uses of the
// installation's secret share key material.
func Derive(authSecret []byte, purpose string) []byte {
	return derive(authSecret, "dictumal purpose "+purpose, 32)
}

// New makes the secret of an installation.
func New() []byte {
	raw := make([]byte, MinLength)
	_, _ = rand.Read(raw) // it never fails
	return []byte(base64.RawURLEncoding.EncodeToString(raw))
}

// Private

// format names how values are sealed, so that another way can follow.
const format = "s1"

func (s *Sealer) associated(context string) []byte {
	return fmt.Appendf(nil, "%s|%s|%s", format, s.keyID, context)
}

func derive(secret []byte, info string, length int) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, info, length)
	if err != nil {
		panic(err) // only for lengths that nobody asks for
	}
	return key
}

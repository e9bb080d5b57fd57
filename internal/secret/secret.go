// Package secret keeps what must not be read: it seals secrets at rest with a
// key that is derived from the installation's own.
package secret

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
)

// MinLength is the fewest bytes that the secret of an installation may have.
const MinLength = 32

// ErrKey says that a value was sealed with a key that is not at hand: AUTH_SECRET
// is not the one that it was.
var ErrKey = errors.New("the value was sealed with another key; AUTH_SECRET has changed")

// ErrSealed says that a value is damaged, or was moved to another place.
var ErrSealed = errors.New("the sealed value is damaged or belongs elsewhere")

// Sealer seals values so that they can be read only with the same key and only
// in the place for which they were sealed. It seals with its newest key and opens
// with any that it has. Keys can be replaced while others use it.
type Sealer struct{ keys atomic.Pointer[[]*key] }

// NewSealer derives the sealing key from the secret of the installation, and from
// secrets that it had formerly the keys of what was sealed then.
func NewSealer(authSecret []byte, former ...[]byte) *Sealer {
	s := &Sealer{}
	s.Use(authSecret, former...)
	return s
}

// Use replaces the keys.
func (s *Sealer) Use(authSecret []byte, former ...[]byte) {
	keys := []*key{newKey(authSecret)}
	for _, secret := range former {
		k := newKey(secret)
		if !slices.ContainsFunc(keys, func(other *key) bool { return other.id == k.id }) {
			keys = append(keys, k)
		}
	}
	s.keys.Store(&keys)
}

// KeyID names the newest key, and tells nothing else of it.
func (s *Sealer) KeyID() string { return s.newest().id }

// Former names the keys that only open.
func (s *Sealer) Former() []string {
	var ids []string
	for _, k := range (*s.keys.Load())[1:] {
		ids = append(ids, k.id)
	}
	return ids
}

// Seal encrypts a value. The context says where it is kept, as in
// "deployment|id|client_key": a value copied to another row or column does not
// open there. The answer is text: format, key id and ciphertext.
func (s *Sealer) Seal(plaintext []byte, context string) (string, error) {
	return s.newest().seal(plaintext, context), nil
}

// Open decrypts what Seal made for the same context.
func (s *Sealer) Open(sealed, context string) ([]byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != format {
		return nil, ErrSealed
	}
	for _, k := range *s.keys.Load() {
		if k.id == parts[1] {
			return k.open(parts[2], context)
		}
	}
	return nil, ErrKey
}

// Head is how every value begins that was sealed with a key.
func Head(keyID string) string { return format + "." + keyID + "." }

// KeyOf names the key with which a value was sealed; empty where it is no sealed value.
func KeyOf(sealed string) string {
	parts := strings.Split(sealed, ".")
	if len(parts) < 2 || parts[0] != format {
		return ""
	}
	return parts[1]
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

func (s *Sealer) newest() *key { return (*s.keys.Load())[0] }

func derive(secret []byte, info string, length int) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, info, length)
	if err != nil {
		panic(err) // only for lengths that nobody asks for
	}
	return key
}

package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// Private

// format names how values are sealed, so that another way can follow.
const format = "s1"

// key seals with what is derived from one secret.
type key struct {
	id   string
	aead cipher.AEAD
}

func newKey(authSecret []byte) *key {
	block, err := aes.NewCipher(derive(authSecret, "dictumal seal key", 32))
	if err != nil {
		panic(err) // the key has one of the lengths that AES takes
	}
	// A random nonce is made for each value by the cipher itself.
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES is a cipher that GCM takes
	}
	return &key{id: hex.EncodeToString(derive(authSecret, "dictumal seal id", 4)), aead: aead}
}

func (k *key) seal(plaintext []byte, context string) string {
	sealed := k.aead.Seal(nil, nil, plaintext, k.associated(context))
	return strings.Join([]string{format, k.id, base64.RawURLEncoding.EncodeToString(sealed)}, ".")
}

func (k *key) open(text, context string) ([]byte, error) {
	ciphertext, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, ErrSealed
	}
	plaintext, err := k.aead.Open(nil, nil, ciphertext, k.associated(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plaintext, nil
}

func (k *key) associated(context string) []byte {
	return fmt.Appendf(nil, "%s|%s|%s", format, k.id, context)
}

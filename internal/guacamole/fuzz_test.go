package guacamole

import (
	"bytes"
	"crypto/aes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"testing"
)

// FuzzEncrypt compares with the format as it is defined, written down a second time
// without the library's HMAC, chaining and padding: byte for byte the same.
func FuzzEncrypt(f *testing.F) {
	f.Add([]byte("sixteen key byte"), []byte(`{"username":"","expires":4102444800000,"connections":{}}`))
	f.Add(make([]byte, 16), []byte{})
	f.Add(bytes.Repeat([]byte{0xff}, 16), bytes.Repeat([]byte{16}, 16))
	f.Add([]byte("too short"), []byte("{}"))
	f.Fuzz(func(t *testing.T, key, text []byte) {
		token, err := encrypt(key, text)
		if (err == nil) != (len(key) == 16) {
			t.Fatalf("with a key of %d bytes: %v", len(key), err)
		}
		if want := byDefinition(key, text); err == nil && token != want {
			t.Errorf("got  %s\nwant %s", token, want)
		}
	})
}

// byDefinition is base64(AES-CBC-PKCS7(key, zeros, HMAC-SHA256(key, text) || text)).
func byDefinition(key, text []byte) string {
	block, err := aes.NewCipher(key)
	if err != nil {
		return ""
	}
	inner, outer := make([]byte, 64), make([]byte, 64)
	for i := range 64 {
		inner[i], outer[i] = 0x36, 0x5c
		if i < len(key) {
			inner[i] ^= key[i]
			outer[i] ^= key[i]
		}
	}
	digest := sha256.Sum256(append(inner, text...))
	signature := sha256.Sum256(append(outer, digest[:]...))
	plain := slices.Concat(signature[:], text)
	for n := byte(16 - len(plain)%16); ; {
		if plain = append(plain, n); len(plain)%16 == 0 {
			break
		}
	}
	var out []byte
	before := make([]byte, 16)
	for ; len(plain) > 0; plain = plain[16:] {
		var mixed [16]byte
		for i := range mixed {
			mixed[i] = plain[i] ^ before[i]
		}
		block.Encrypt(before, mixed[:])
		out = append(out, before...)
	}
	return base64.StdEncoding.EncodeToString(out)
}

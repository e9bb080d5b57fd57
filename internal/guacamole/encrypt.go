package guacamole

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
)

// keyLength is that of AES-128, the one length that Guacamole documents.
const keyLength = 16

// Private

// encrypt signs a text and encrypts both with the same key, as Guacamole wants
// it. The vector is always zero, and yet no two tokens begin alike unless they
// are the same: the signature stands first.
func encrypt(key, text []byte) (string, error) {
	if len(key) != keyLength {
		return "", fmt.Errorf("the key has %d bytes and must have %d", len(key), keyLength)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return "", err
	}
	signature := hmac.New(sha256.New, key)
	signature.Write(text)
	data := pad(slices.Concat(signature.Sum(nil), text))
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(data, data)
	return base64.StdEncoding.EncodeToString(data), nil
}

// pad fills the last block with as many bytes as are missing, each of which says
// how many they are; a full block is followed by another.
func pad(data []byte) []byte {
	missing := aes.BlockSize - len(data)%aes.BlockSize
	return append(data, bytes.Repeat([]byte{byte(missing)}, missing)...)
}

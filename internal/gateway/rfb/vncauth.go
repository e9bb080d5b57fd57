package rfb

import (
	"crypto/des" //nolint:gosec // the protocol's; the connection around it is SSH
	"math/bits"
)

// vncResponse is the answer to a VncAuth challenge. The protocol's DES takes
// eight bytes of the password with the bits of each in reverse.
func vncResponse(password string, challenge [16]byte) (response [16]byte, err error) {
	var key [8]byte
	copy(key[:], password)
	for i := range key {
		key[i] = bits.Reverse8(key[i])
	}
	block, err := des.NewCipher(key[:]) //nolint:gosec // as above
	if err != nil {
		return response, err
	}
	block.Encrypt(response[:8], challenge[:8])
	block.Encrypt(response[8:], challenge[8:])
	return response, nil
}

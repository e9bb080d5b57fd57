package guacamole

import "crypto/des"

// PasswordFile is the file from which a TigerVNC server reads its password, the
// same that tigervncpasswd writes. VNC knows eight bytes of a password; more are
// left out.
func PasswordFile(password string) []byte {
	block, err := des.NewCipher([]byte(obfuscation))
	if err != nil {
		panic(err) // the key has the length that DES takes
	}
	file := make([]byte, des.BlockSize)
	copy(file, password)
	block.Encrypt(file, file)
	return file
}

// Private

// obfuscation is the same key in every VNC server there is, so that the file is
// as good as the password itself.
const obfuscation = "\xe8\x4a\xd6\x60\xc4\x72\x1a\xe0"

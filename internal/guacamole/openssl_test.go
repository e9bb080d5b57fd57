package guacamole

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestOpenSSLReadsWhatIsEncrypted(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("No openssl was found on this host; install Debian's package openssl to run this test.")
	}
	rapid.Check(t, func(r *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), keyLength, keyLength).Draw(r, "key")
		text := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(r, "text")
		token, err := encrypt(key, text)
		if err != nil {
			r.Fatal(err)
		}
		data, err := base64.StdEncoding.DecodeString(token)
		if err != nil {
			r.Fatal(err)
		}
		opened := openssl(r, data, "enc", "-d", "-aes-128-cbc", "-K", hex.EncodeToString(key), "-iv", strings.Repeat("0", 32))
		if len(opened) < 32 || !bytes.Equal(opened[32:], text) {
			r.Fatalf("it opens as %q", opened)
		}
		signature := openssl(r, text, "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:"+hex.EncodeToString(key), "-binary")
		if !bytes.Equal(opened[:32], signature) {
			r.Fatalf("it is signed with %x and should be with %x", opened[:32], signature)
		}
	})
}

func openssl(r *rapid.T, input []byte, args ...string) []byte {
	r.Helper()
	command := exec.CommandContext(r.Context(), "openssl", args...)
	command.Stdin = bytes.NewReader(input)
	output, err := command.Output()
	if err != nil {
		r.Fatalf("run openssl %s: %v", args[0], err)
	}
	return output
}

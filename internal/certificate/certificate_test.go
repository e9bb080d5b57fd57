package certificate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
)

func TestFilesThatCannotBeUsedAreNamedInASentence(t *testing.T) {
	one, other := usual(t, 1), usual(t, 2)
	for _, test := range []struct {
		name             string
		certificate, key []byte
		want             string
	}{
		{"a key in place of the certificate", one.key, one.key, "DICTUMAL_TLS_CERT_FILE is * where there is no certificate; it must hold the server's certificate in PEM"},
		{"a certificate in place of the key", one.certificate, one.certificate, "DICTUMAL_TLS_KEY_FILE is * where there is no private key; it must hold the certificate's key"},
		{"nothing readable", []byte("hello"), one.key, "DICTUMAL_TLS_CERT_FILE is * where there is no certificate"},
		{"another's key", one.certificate, other.key, "The key in * does not belong to the certificate in *; give the two that were made together."},
		{"a key behind a passphrase", one.certificate, block("ENCRYPTED PRIVATE KEY", []byte("x")), "DICTUMAL_TLS_KEY_FILE is * which is locked with a passphrase"},
		{"a damaged certificate", block("CERTIFICATE", []byte("x")), one.key, "The certificate in * and the key in * cannot be used: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := files(t, test.certificate, test.key).Load()
			rest := dictumal.ErrorMessage(err)
			for part := range strings.SplitSeq(test.want, "*") {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("the sentence is %q, want %q", dictumal.ErrorMessage(err), test.want)
				}
				rest = after
			}
			if dictumal.ErrorCode(err) != dictumal.CodeInvalid {
				t.Errorf("the code is %s", dictumal.ErrorCode(err))
			}
		})
	}
	_, err := Files{filepath.Join(t.TempDir(), "none"), "none"}.Load()
	if !strings.HasPrefix(dictumal.ErrorMessage(err), "DICTUMAL_TLS_CERT_FILE cannot be read: ") {
		t.Errorf("a missing file: %v", err)
	}
}

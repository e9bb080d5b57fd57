package certificate

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/certificate/certificatetest"
)

func TestFilesThatCannotBeUsedAreNamedInASentence(t *testing.T) {
	one, other := certificatetest.Usual(t, 1, "desktops.example.org"), certificatetest.Usual(t, 2, "desktops.example.org")
	for _, test := range []struct {
		name             string
		certificate, key []byte
		want             string
	}{
		{"a key in place of the certificate", one.Key, one.Key, "DICTUMAL_TLS_CERT_FILE is * where there is no certificate; it must hold the server's certificate in PEM"},
		{"a certificate in place of the key", one.Certificate, one.Certificate, "DICTUMAL_TLS_KEY_FILE is * where there is no private key; it must hold the certificate's key"},
		{"nothing readable", []byte("hello"), one.Key, "DICTUMAL_TLS_CERT_FILE is * where there is no certificate"},
		{"another's key", one.Certificate, other.Key, "The key in * does not belong to the certificate in *; give the two that were made together."},
		{"a key behind a passphrase", one.Certificate, certificatetest.Block("ENCRYPTED PRIVATE KEY", []byte("x")), "DICTUMAL_TLS_KEY_FILE is * which is locked with a passphrase"},
		{"a damaged certificate", certificatetest.Block("CERTIFICATE", []byte("x")), one.Key, "The certificate in * and the key in * cannot be used: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := put(t, test.certificate, test.key).Load()
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

// put puts contents into files.
func put(t *testing.T, certificate, key []byte) Files {
	t.Helper()
	certificatePath, keyPath := certificatetest.Made{Certificate: certificate, Key: key}.Files(t)
	return Files{certificatePath, keyPath}
}

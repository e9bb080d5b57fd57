// Package certificate serves TLS with a certificate that stands in files, and takes
// up a renewed one while it serves.
package certificate

import (
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	"github.com/dictumal/dictumal"
)

// Files are a certificate, with those that vouch for it behind it, and its key, both PEM.
type Files struct {
	Certificate string
	Key         string
}

// Load reads the files. Its error is a sentence that names the one at fault.
func (f Files) Load() (*tls.Certificate, error) {
	certificate, err := read("DICTUMAL_TLS_CERT_FILE", f.Certificate, "CERTIFICATE",
		"it must hold the server's certificate in PEM, and behind it those that vouch for it")
	if err != nil {
		return nil, err
	}
	key, err := read("DICTUMAL_TLS_KEY_FILE", f.Key, "PRIVATE KEY", "it must hold the certificate's key in PEM, without a passphrase")
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	switch {
	case err == nil:
		return &pair, nil
	case strings.Contains(err.Error(), "does not match"):
		return nil, fault(err, "The key in %s does not belong to the certificate in %s; give the two that were made together.", f.Key, f.Certificate)
	default:
		return nil, fault(err, "The certificate in %s and the key in %s cannot be used: %s.", f.Certificate, f.Key, strings.TrimPrefix(err.Error(), "tls: "))
	}
}

// Private

// read reads a file that must begin with a block of a kind.
func read(name, path, kind, must string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fault(err, "%s cannot be read: %v.", name, err)
	}
	for rest := content; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, fault(nil, "%s is %s, where there is no %s; %s.", name, path, strings.ToLower(kind), must)
		}
		if strings.HasPrefix(block.Type, "ENCRYPTED ") || block.Headers["DEK-Info"] != "" {
			return nil, fault(nil, "%s is %s, which is locked with a passphrase; %s.", name, path, must)
		}
		if strings.HasSuffix(block.Type, kind) {
			return content, nil
		}
	}
}

func fault(cause error, format string, values ...any) error {
	return dictumal.NewError(dictumal.CodeInvalid, fmt.Sprintf(format, values...)).Wrap(cause)
}

package machine

import (
	"context"
	"fmt"

	"github.com/dictumal/dictumal"
)

// maxRequest is far more than a certificate request needs.
const maxRequest = 16 << 10

// Certify has the machine's certificate request signed and gives the machine the
// result, with which it opens HTTPS. The request is the machine's and not to be
// trusted. It is an error where the machine does not take the certificate.
func Certify(ctx context.Context, dialer *Dialer, target Target, sign func(request []byte) (certificate []byte, err error)) error {
	client, err := dialer.Dial(ctx, target)
	if err != nil {
		return err
	}
	request, err := client.run(ctx, dictumal.CertificateCommand+" request", maxRequest)
	if err != nil {
		return fmt.Errorf("ask the machine for a certificate request: %w", err)
	}
	certificate, err := sign(request)
	if err != nil {
		return err
	}
	if _, err := client.feed(ctx, dictumal.CertificateCommand+" install", certificate, maxAnswer); err != nil {
		return fmt.Errorf("install the machine's certificate: %w", err)
	}
	return nil
}

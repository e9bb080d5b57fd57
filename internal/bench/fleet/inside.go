package fleet

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"sync"
	"time"

	"github.com/dictumal/dictumal/internal/machine"
)

// When a machine's parts are up, after the first look into it.
const (
	sshAfter       = 10 * time.Second
	vncAfter       = 4 * time.Minute
	guacamoleAfter = 5 * time.Minute
	doneAfter      = 6 * time.Minute
)

// Private

// inside stands for the inside of machines, which no test of calls needs: it only
// tells that they come up, and has their certificates signed.
type inside struct {
	mu    sync.Mutex
	first map[string]time.Time // look into each deployment's machine
	vouch map[string]bool      // whether it has a certificate
}

func newInside() *inside { return &inside{first: map[string]time.Time{}, vouch: map[string]bool{}} }

// Probe looks into a machine of the native stream, of which a fleet has none.
func (*inside) Probe(context.Context, machine.Target) (machine.Report, error) {
	return machine.Report{}, fmt.Errorf("a fleet has no machines of the native stream")
}

// ProbeGuacamole tells how far a machine has come.
func (i *inside) ProbeGuacamole(_ context.Context, target machine.Target, _ machine.Door) (machine.Report, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.first[target.Deployment].IsZero() {
		i.first[target.Deployment] = time.Now()
	}
	age := time.Since(i.first[target.Deployment])
	report := machine.Report{
		SSH: age >= sshAfter, VNC: age >= vncAfter, Greeting: age >= vncAfter, GuacHTTP: age >= guacamoleAfter,
		HTTP80: i.vouch[target.Deployment], GuacHTTPS: i.vouch[target.Deployment], Clocked: age >= sshAfter,
	}
	switch {
	case age >= doneAfter:
		report.Bootstrap, report.Desktop = "done", true
	case report.SSH:
		report.Bootstrap = "running"
	}
	return report, nil
}

// Certify has a request for a key of its own signed.
func (i *inside) Certify(_ context.Context, target machine.Target, sign func(request []byte) ([]byte, error)) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	if _, err := sign(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: request})); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.vouch[target.Deployment] = true
	return nil
}

// Log finds an empty one.
func (*inside) Log(context.Context, machine.Target, int64, int) ([]byte, error) { return nil, nil }

// Forget lets go of a machine.
func (*inside) Forget(string) {}

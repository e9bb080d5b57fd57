package reconcile

import (
	"context"

	"github.com/dictumal/dictumal/internal/machine"
)

// SSH looks into machines through the connections that viewers use, too.
type SSH struct{ Dialer *machine.Dialer }

// Probe looks at a machine.
func (s SSH) Probe(ctx context.Context, target machine.Target) (machine.Report, error) {
	return machine.Probe(ctx, s.Dialer, target)
}

// ProbeGuacamole looks at a machine of the guacamole stream.
func (s SSH) ProbeGuacamole(ctx context.Context, target machine.Target, door machine.Door) (machine.Report, error) {
	return machine.ProbeGuacamole(ctx, s.Dialer, target, door)
}

// Certify has the machine's certificate request signed and gives it the result.
func (s SSH) Certify(ctx context.Context, target machine.Target, sign func(request []byte) (certificate []byte, err error)) error {
	return machine.Certify(ctx, s.Dialer, target, sign)
}

// Log reads a piece of a machine's boot log.
func (s SSH) Log(ctx context.Context, target machine.Target, offset int64, limit int) ([]byte, error) {
	client, err := s.Dialer.Dial(ctx, target)
	if err != nil {
		return nil, err
	}
	return client.Log(ctx, offset, limit)
}

// Forget closes the connection to a deployment's machine.
func (s SSH) Forget(deployment string) { s.Dialer.Forget(deployment) }

package machine_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/authority"
	"github.com/dictumal/dictumal/internal/machine"
	"github.com/dictumal/dictumal/internal/machine/machinetest"
)

func TestCertify(t *testing.T) {
	host := machinetest.Start(t)
	host.Certificate()
	dialer := newDialer(t)
	vouching := newAuthority(t)
	var signed []byte
	sign := func(request []byte) (certificate []byte, err error) {
		signed, _, err = vouching.Sign(request, authority.Names{Machine: door}, time.Now())
		return signed, err
	}

	t.Run("installs what was signed, and a renewal for the same key", func(t *testing.T) {
		for range 2 {
			if err := machine.Certify(t.Context(), dialer, host.Target, sign); err != nil {
				t.Fatal(err)
			}
			installed := host.Certified()
			if !bytes.Contains(signed, []byte("CERTIFICATE")) || installed.Leaf.DNSNames[0] != door {
				t.Errorf("for %s is installed %v", signed, installed.Leaf.DNSNames)
			}
		}
	})

	t.Run("installs nothing that was not signed", func(t *testing.T) {
		refusal := errors.New("not for you")
		err := machine.Certify(t.Context(), dialer, host.Target, func([]byte) ([]byte, error) { return nil, refusal })
		if !errors.Is(err, refusal) {
			t.Errorf("the error is %v", err)
		}
	})

	for _, test := range []struct{ name, command, wantErr string }{
		{"tells why a machine makes no request", "echo 'There is no \033[1mkey.' >&2\nexit 2", "certificate request: the command ended with status 2 and said: There is no [1mkey."},
		{"tells that it did not say why", "exit 2", "certificate request: the command ended with status 2"},
		{"reads no request without end", "yes", "more than it may"},
		{"hears no complaint without end", "yes no | head -c 10000000 >&2\nexit 4", "status 4 and said: no no no"},
		{"tells why a machine does not take a certificate", "[ $1 = request ] || { cat >/dev/null; echo 'The disk is full.' >&2; exit 5; }", "certificate: the command ended with status 5 and said: The disk is full."},
		{"tells of a machine that does not listen", "[ $1 = request ] || exit 6", "certificate: the command ended with status 6"},
	} {
		t.Run(test.name, func(t *testing.T) {
			host.Write(dictumal.CertificateCommand, "#!/bin/sh\n"+test.command+"\n", 0o700)
			err := machine.Certify(t.Context(), dialer, host.Target, func([]byte) ([]byte, error) {
				return bytes.Repeat([]byte("x"), 1<<20), nil
			})
			if err == nil || !strings.Contains(err.Error(), test.wantErr) || len(err.Error()) > 1000 {
				t.Errorf("the error is %v", err)
			}
		})
	}

	t.Run("certifies no other machine", func(t *testing.T) {
		target := host.Target
		target.HostKey = newKey(t).AuthorizedLine
		if err := machine.Certify(t.Context(), newDialer(t), target, sign); !errors.Is(err, machine.ErrHostKeyChanged) {
			t.Errorf("the error is %v", err)
		}
	})
}

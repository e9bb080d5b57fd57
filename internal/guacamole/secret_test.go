package guacamole_test

import (
	"bytes"
	"encoding/hex"
	"regexp"
	"testing"

	"github.com/dictumal/dictumal/internal/guacamole"
)

// The values are those of openssl kdf … HKDF.
func TestWhatIsDerivedStaysTheSame(t *testing.T) {
	secret, _ := hex.DecodeString("000102030405060708090a0b0c0d0e0f")
	if got := guacamole.VNCPassword(secret); got != "nIHYuBbq" {
		t.Errorf("the VNC password is %q", got)
	}
	if got := hex.EncodeToString(guacamole.JSONKey(secret)); got != "69bc906212b547845a25238b64835819" {
		t.Errorf("the key is %s", got)
	}
}

func TestEachDeploymentHasItsOwn(t *testing.T) {
	form := regexp.MustCompile(`^[A-Za-z0-9_-]{8}$`)
	first, second := guacamole.NewSecret(), guacamole.NewSecret()
	if len(first) != 16 || bytes.Equal(first, second) {
		t.Errorf("the secrets are %x and %x", first, second)
	}
	if password := guacamole.VNCPassword(first); !form.MatchString(password) || password == guacamole.VNCPassword(second) {
		t.Errorf("the passwords are %q and %q", password, guacamole.VNCPassword(second))
	}
	if key := guacamole.JSONKey(first); len(key) != 16 || bytes.Equal(key, guacamole.JSONKey(second)) {
		t.Errorf("the keys are %x and %x", key, guacamole.JSONKey(second))
	}
}

func TestNothingIsDerivedFromNothing(t *testing.T) {
	for _, secret := range [][]byte{nil, make([]byte, 15)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%d bytes are taken for a secret", len(secret))
				}
			}()
			guacamole.JSONKey(secret)
		}()
	}
}

package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/dictumal/dictumal/internal/secret"
)

func TestASealedValueOpensInItsOwnPlaceOnly(t *testing.T) {
	sealer := secret.NewSealer([]byte(strings.Repeat("k", 32)))
	sealed, err := sealer.Seal([]byte("private"), "deployment|1|key")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(sealed, "private") {
		t.Fatalf("%q shows what it holds", sealed)
	}
	got, err := secret.NewSealer([]byte(strings.Repeat("k", 32))).Open(sealed, "deployment|1|key")
	if err != nil || string(got) != "private" {
		t.Fatalf("opened %q, %v", got, err)
	}
	if _, err := sealer.Open(sealed, "deployment|2|key"); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("in another row: %v", err)
	}
	if _, err := secret.NewSealer([]byte(strings.Repeat("o", 32))).Open(sealed, "deployment|1|key"); !errors.Is(err, secret.ErrKey) {
		t.Errorf("with another key: %v", err)
	}
}

func TestADamagedValueDoesNotOpen(t *testing.T) {
	sealer := secret.NewSealer([]byte(strings.Repeat("k", 32)))
	sealed, err := sealer.Seal([]byte("private"), "here")
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		flipped := []byte(sealed)
		flipped[i] ^= 1
		if _, err := sealer.Open(string(flipped), "here"); err == nil {
			t.Errorf("byte %d of %q can be changed", i, sealed)
		}
	}
	for _, broken := range []string{"", "s1", sealed[:len(sealed)-1], sealed + "A", "s1..", strings.TrimPrefix(sealed, "s1.")} {
		if _, err := sealer.Open(broken, "here"); err == nil {
			t.Errorf("%q opens", broken)
		}
	}
}

func TestTheSameValueIsSealedDifferentlyEachTime(t *testing.T) {
	sealer := secret.NewSealer(secret.New())
	first, _ := sealer.Seal([]byte("x"), "c")
	second, _ := sealer.Seal([]byte("x"), "c")
	if first == second {
		t.Errorf("both are %q", first)
	}
}

func TestEachPurposeHasAKeyOfItsOwn(t *testing.T) {
	base := secret.New()
	if bytes.Equal(secret.Derive(base, "a"), secret.Derive(base, "b")) {
		t.Error("two purposes share a key")
	}
	if !bytes.Equal(secret.Derive(base, "a"), secret.Derive(base, "a")) {
		t.Error("one purpose has two keys")
	}
}

func TestTheSecretIsMadeOnceAndKeptPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth-secret")
	secrets := make([][]byte, 8)
	var group sync.WaitGroup
	for i := range secrets {
		group.Go(func() {
			var err error
			if secrets[i], err = secret.LoadOrCreate(path); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, other := range secrets[1:] {
		if !bytes.Equal(secrets[0], other) {
			t.Errorf("two that started at once got different secrets")
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestASecretThatIsNotFitIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth-secret")
	if err := os.WriteFile(path, secret.New(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.LoadOrCreate(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("readable by others: %v", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.LoadOrCreate(path); err == nil || !strings.Contains(err.Error(), "restore it from a backup") {
		t.Errorf("empty: %v", err)
	}
}

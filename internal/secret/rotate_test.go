package secret_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/dictumal/dictumal/internal/secret"
)

func TestASealerSealsWithItsNewestKeyAndOpensWithAny(t *testing.T) {
	first, second, strange := secret.New(), secret.New(), secret.New()
	former := secret.NewSealer(first)
	old, err := former.Seal([]byte("private"), "deployment|1|client_key")
	if err != nil {
		t.Fatal(err)
	}
	sealer := secret.NewSealer(second, first, second)
	if got, err := sealer.Open(old, "deployment|1|client_key"); err != nil || string(got) != "private" {
		t.Errorf("with the former key: %q, %v", got, err)
	}
	fresh, err := sealer.Seal([]byte("private"), "deployment|1|client_key")
	if err != nil || secret.KeyOf(fresh) != sealer.KeyID() || secret.KeyOf(old) != former.KeyID() {
		t.Errorf("sealed with %s and %s, %v", secret.KeyOf(fresh), secret.KeyOf(old), err)
	}
	if ids := sealer.Former(); len(ids) != 1 || ids[0] != former.KeyID() {
		t.Errorf("the former keys are %v", ids)
	}
	sealer.Use(strange)
	for _, sealed := range []string{old, fresh} {
		if _, err := sealer.Open(sealed, "deployment|1|client_key"); !errors.Is(err, secret.ErrKey) {
			t.Errorf("with neither key: %v", err)
		}
	}
}

// TestAKeyIDCannotBeExchanged keeps a value from passing as one of another key's.
func TestAKeyIDCannotBeExchanged(t *testing.T) {
	first, second := secret.New(), secret.New()
	old, err := secret.NewSealer(first).Seal([]byte("private"), "here")
	if err != nil {
		t.Fatal(err)
	}
	sealer := secret.NewSealer(second, first)
	forged := secret.Head(sealer.KeyID()) + old[len(secret.Head(sealer.KeyID())):]
	if _, err := sealer.Open(forged, "here"); !errors.Is(err, secret.ErrSealed) {
		t.Errorf("under another key's id: %v", err)
	}
}

// TestNoMomentOfARotationLacksASecretThatIsNeeded stops where a power cut could.
func TestNoMomentOfARotationLacksASecretThatIsNeeded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth-secret")
	first, err := secret.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	err = secret.Rotate(path, func(step string) {
		if steps = append(steps, step); step != "former-kept" {
			return
		}
		if now, err := secret.Load(path); err != nil || !bytes.Equal(now, first) {
			t.Errorf("between the two the secret is another: %v", err)
		}
		if kept, err := secret.LoadFormer(path); err != nil || !bytes.Equal(kept, first) {
			t.Errorf("between the two the former secret is not kept: %v", err)
		}
	})
	if err != nil || !slices.Equal(steps, []string{"former-kept", "secret-renamed"}) {
		t.Fatalf("rotated by %v, %v", steps, err)
	}
	now, err := secret.Load(path)
	kept, formerErr := secret.LoadFormer(path)
	if err := errors.Join(err, formerErr); err != nil || bytes.Equal(now, first) || !bytes.Equal(kept, first) {
		t.Errorf("afterwards: %v", err)
	}
	for _, file := range []string{path, secret.FormerFile(path)} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", file, info, err)
		}
	}
	if err := errors.Join(secret.Forget(path), secret.Forget(path)); err != nil {
		t.Fatal(err)
	}
	if kept, err := secret.LoadFormer(path); err != nil || kept != nil {
		t.Errorf("the former secret is there still: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".secret-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestARotationIsNeverBegunOverAFormerSecret has the only copy of the former secret in
// its file, as when a rotation has failed in its last step.
func TestARotationIsNeverBegunOverAFormerSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth-secret")
	first, err := secret.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := secret.Rotate(path, func(string) {}); err != nil {
		t.Fatal(err)
	}
	second, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := secret.Rotate(path, func(step string) { t.Errorf("it goes as far as %q", step) }); !errors.Is(err, secret.ErrBegun) {
		t.Errorf("over the former secret: %v", err)
	}
	now, err := secret.Load(path)
	kept, formerErr := secret.LoadFormer(path)
	if err := errors.Join(err, formerErr); err != nil || !bytes.Equal(now, second) || !bytes.Equal(kept, first) {
		t.Errorf("the secrets are others: %v", err)
	}
}

// TestARotationThatWasCutShortIsBegunAnew has the present secret in both files.
func TestARotationThatWasCutShortIsBegunAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "auth-secret")
	first, err := secret.LoadOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	cut := make(chan struct{})
	go func() {
		defer close(cut)
		_ = secret.Rotate(path, func(string) { runtime.Goexit() })
	}()
	<-cut
	if err := secret.Rotate(path, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if kept, err := secret.LoadFormer(path); err != nil || !bytes.Equal(kept, first) {
		t.Errorf("the former secret is another: %v", err)
	}
}

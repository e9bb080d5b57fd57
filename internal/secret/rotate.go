package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrBegun says that a rotation has begun and is not over: the former secret is kept,
// and may be the only copy of one that is needed.
var ErrBegun = errors.New("the former secret of another rotation is kept still")

// FormerFile is where the secret that a file held formerly is kept for as long as
// something is sealed with it.
func FormerFile(path string) string { return path + ".previous" }

// LoadFormer reads the former secret of a file; nil where there is none.
func LoadFormer(path string) ([]byte, error) {
	former, err := Load(FormerFile(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return former, err
}

// Rotate makes a new secret in the place of the one in a file, which is kept beside
// it first: at every moment, the two files hold whatever anything was sealed with.
// It refuses with [ErrBegun] to write over a former secret that is another. Passed is
// told of each step that a power cut could make the last. After any other error the
// files may hold the new secret or not: ask [Load] once they [Last].
func Rotate(path string, passed func(step string)) error {
	present, err := Load(path)
	if err != nil {
		return err
	}
	former, err := LoadFormer(path)
	if err != nil {
		return err
	}
	if former != nil && !bytes.Equal(former, present) {
		return ErrBegun
	}
	if err := replace(FormerFile(path), present, func() {}); err != nil {
		return err
	}
	passed("former-kept")
	return replace(path, New(), func() { passed("secret-renamed") })
}

// Last makes sure that the files of a secret outlast a power failure as they are. What
// is sealed with a secret that did not would be lost.
func Last(path string) error { return syncFolder(path) }

// Forget removes the former secret of a file for good.
func Forget(path string) error {
	err := os.Remove(FormerFile(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget the former secret: %w", err)
	}
	return syncFolder(path)
}

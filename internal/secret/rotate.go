package secret

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

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
// There must be no former secret that is needed still. Between is called where a
// power cut would leave one done and the other not.
func Rotate(path string, between func()) (fresh, former []byte, err error) {
	former, err = Load(path)
	if err != nil {
		return nil, nil, err
	}
	if err := replace(FormerFile(path), former); err != nil {
		return nil, nil, err
	}
	between()
	fresh = New()
	return fresh, former, replace(path, fresh)
}

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

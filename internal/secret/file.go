package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// LoadOrCreate reads the secret of the installation from a file that only its
// owner can read, or makes one. Of several that start at once, all get the same.
func LoadOrCreate(path string) ([]byte, error) {
	secret, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := create(path); err != nil {
		return nil, err
	}
	return load(path)
}

// Private

func load(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others can read %s (mode %04o); make it private with: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	secret = bytes.TrimSpace(secret)
	if len(secret) < MinLength {
		return nil, fmt.Errorf("%s holds %d bytes and must hold at least %d; restore it from a backup, because sealed values cannot be opened without it",
			path, len(secret), MinLength)
	}
	return secret, nil
}

// create writes a new secret whole or not at all, and never over another: it is
// written beside its place, and a link, unlike a rename, fails where one exists.
func create(path string) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return fmt.Errorf("create secret: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(append(New(), '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return fmt.Errorf("write secret: %w", err)
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep secret: %w", err)
	}
	return nil
}

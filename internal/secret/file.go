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
	secret, err := Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return secret, err
	}
	if err := create(path); err != nil {
		return nil, err
	}
	return Load(path)
}

// Load reads the secret of the installation from a file that only its owner can
// read; the error is [fs.ErrNotExist] where there is none.
func Load(path string) ([]byte, error) {
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

// Private

// create writes a new secret whole or not at all, and never over another: a link,
// unlike a rename, fails where one exists.
func create(path string) error {
	written, err := writeBeside(path, New())
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(written) }()
	if err := os.Link(written, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep secret: %w", err)
	}
	return syncFolder(path)
}

// replace writes a secret whole or not at all in the place of another. Renamed is called
// where it is in its place, and may not last through a power failure yet.
func replace(path string, secret []byte, renamed func()) error {
	written, err := writeBeside(path, secret)
	if err != nil {
		return err
	}
	if err := os.Rename(written, path); err != nil {
		return errors.Join(fmt.Errorf("keep secret: %w", err), os.Remove(written))
	}
	renamed()
	return syncFolder(path)
}

// writeBeside writes a secret into a file of its own, beside its place.
func writeBeside(path string, secret []byte) (written string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return "", fmt.Errorf("create secret: %w", err)
	}
	_, err = file.Write(append(bytes.Clone(secret), '\n'))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("write secret: %w", err), os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// syncFolder makes a file's new name last through a power failure.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("make the change last: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

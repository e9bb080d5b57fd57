package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/rekey"
	"github.com/dictumal/dictumal/internal/secret"
	"github.com/dictumal/dictumal/internal/store"
)

// Backup copies the database of an installation into a new file, whether or not a
// server is working with it.
func Backup(ctx context.Context, cfg config.Config, to string) error {
	if cfg.Postgres() {
		return dictumal.NewError(dictumal.CodeConflict, fmt.Sprintf("The rows are in a PostgreSQL database, which PostgreSQL's own program copies while everything goes on: "+
			"pg_dump --format=custom --file='%s' --dbname='%s' (the password comes from ~/.pgpass). "+
			"Keep AUTH_SECRET as well, in another place; see docs/backup.md.", to, cfg.DatabasePlace()))
	}
	if _, err := os.Stat(cfg.Database()); err != nil {
		return dictumal.NewError(dictumal.CodeNotFound,
			"There is no database at "+cfg.Database()+"; set DICTUMAL_DATA_DIR to the data folder of the installation.").Wrap(err)
	}
	err := store.Backup(ctx, cfg.Database(), to)
	switch {
	case errors.Is(err, fs.ErrExist):
		return dictumal.NewError(dictumal.CodeConflict, "There is a file "+to+" already, and a backup replaces none; choose another name.").Wrap(err)
	case errors.Is(err, store.ErrFull):
		return dictumal.NewError(dictumal.CodeUnavailable, "There is no room for the backup "+to+"; free some, or choose another disk.").Wrap(err)
	}
	return err
}

// Restored is what a restore has come to.
type Restored struct {
	Kept    string // where the former database is; empty where there was none
	Warning string // what does not open with the secrets of this installation, and what to do; empty: nothing
}

// Restore puts a backup in the place of the database, while no server runs.
func Restore(ctx context.Context, cfg config.Config, from string) (done Restored, err error) {
	if cfg.Postgres() {
		return done, dictumal.NewError(dictumal.CodeConflict, fmt.Sprintf("The rows are in a PostgreSQL database, and PostgreSQL's own programs put a backup back: "+
			"stop every replica, make an empty database beside %s with createdb --encoding=UTF8 NAME, fill it with "+
			"pg_restore --no-owner --exit-on-error --single-transaction --dbname=NAME '%s', and let DATABASE_URL name it. "+
			"Machines that were made since the backup are left alone then, and `dictumal sweep` lists them; see docs/backup.md.", cfg.DatabasePlace(), from))
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return done, fmt.Errorf("make the data folder: %w", err)
	}
	held, err := lock(cfg.DataDir)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	if err := stayed(ctx, cfg); err != nil {
		return done, err
	}
	done.Kept, err = store.Restore(ctx, from, cfg.Database())
	switch {
	case errors.Is(err, store.ErrNoBackup):
		return done, dictumal.NewError(dictumal.CodeInvalid, from+" is no whole backup of Dictumal; nothing was changed. Take another one.").Wrap(err)
	case errors.Is(err, store.ErrNewer):
		return done, dictumal.NewError(dictumal.CodeInvalid, from+" was made by a later version of Dictumal; nothing was changed. Restore it with that version.").Wrap(err)
	}
	if err != nil {
		return done, err
	}
	done.Warning, err = unopened(ctx, cfg)
	return done, err
}

// KeyIDs names the keys that open what is sealed in an installation, the newest first;
// none where it has no secret yet.
func KeyIDs(cfg config.Config) ([]string, error) {
	secrets, err := rekey.Secrets(cfg.SecretFile(), cfg.AuthSecret, cfg.AuthSecretPrevious)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	sealer := secret.NewSealer(secrets[0], secrets[1:]...)
	return append([]string{sealer.KeyID()}, sealer.Former()...), nil
}

// Private

// unopened says what in the database does not open with the secrets of this installation.
func unopened(ctx context.Context, cfg config.Config) (warning string, err error) {
	secrets, err := rekey.Secrets(cfg.SecretFile(), cfg.AuthSecret, cfg.AuthSecretPrevious)
	if errors.Is(err, fs.ErrNotExist) {
		secrets, err = [][]byte{secret.New()}, nil // which is as good as the one that the server will make
	}
	if err != nil {
		return "", err
	}
	rows, err := store.Open(ctx, cfg.Database())
	if err != nil {
		return "", err
	}
	status, err := rekey.Count(ctx, rows, secret.NewSealer(secrets[0], secrets[1:]...))
	return status.Warning(), errors.Join(err, rows.Close())
}

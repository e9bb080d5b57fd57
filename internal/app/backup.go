package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/config"
	"github.com/dictumal/dictumal/internal/store"
)

// Backup copies the database of an installation into a new file, whether or not a
// server is working with it.
func Backup(ctx context.Context, cfg config.Config, to string) error {
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

// Restore puts a backup in the place of the database, while no server runs, and
// returns where the former database is kept; empty where there was none.
func Restore(ctx context.Context, cfg config.Config, from string) (kept string, err error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return "", fmt.Errorf("make the data folder: %w", err)
	}
	held, err := lock(cfg.DataDir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, held.Close()) }()
	kept, err = store.Restore(ctx, from, cfg.Database())
	switch {
	case errors.Is(err, store.ErrNoBackup):
		return kept, dictumal.NewError(dictumal.CodeInvalid, from+" is no whole backup of Dictumal; nothing was changed. Take another one.").Wrap(err)
	case errors.Is(err, store.ErrNewer):
		return kept, dictumal.NewError(dictumal.CodeInvalid, from+" was made by a later version of Dictumal; nothing was changed. Restore it with that version.").Wrap(err)
	}
	return kept, err
}

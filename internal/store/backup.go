package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// ErrNoBackup says that a file does not hold a whole database of this program.
var ErrNoBackup = errors.New("the file is no backup of this program")

// ErrNewer says that a backup was made by a later version than this one.
var ErrNewer = errors.New("the backup was made by a later version")

// Backup copies the database in a file, as it is at one moment, into a new file
// that only its owner can read. Whoever works with the database goes on meanwhile.
func Backup(ctx context.Context, file, to string) (err error) {
	made, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("make the backup: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(to))
		}
	}()
	db, err := openDatabase("file:"+file+"?mode=rw&_pragma=busy_timeout(5000)", 1)
	if err != nil {
		return errors.Join(fmt.Errorf("open the database: %w", err), made.Close())
	}
	_, err = db.DB.ExecContext(ctx, `VACUUM INTO $1`, to)
	if err != nil {
		err = fmt.Errorf("copy the database: %w", translate(err))
	}
	return errors.Join(err, db.Close(), made.Sync(), made.Close())
}

// Restore puts a backup in the place of the database in a file, which nobody may
// be using. What was there is kept beside it, under the name that is returned;
// empty where there was nothing. The error is [ErrNoBackup] or [ErrNewer] where the
// backup is not taken, and then nothing has changed.
func Restore(ctx context.Context, backup, file string) (kept string, err error) {
	fresh := file + ".restoring"
	defer func() { _ = os.Remove(fresh) }() // it has its own name by then, or is of no use
	if err := duplicate(backup, fresh); err != nil {
		return "", err
	}
	if err := examine(ctx, fresh); err != nil {
		return "", err
	}
	if kept, err = setAside(file); err != nil {
		return kept, err
	}
	if err := os.Rename(fresh, file); err != nil {
		return kept, fmt.Errorf("put the backup in place: %w", err)
	}
	return kept, syncFolder(filepath.Dir(file))
}

// Private

func duplicate(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer func() { _ = source.Close() }()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	_, err = io.Copy(target, source)
	if err := errors.Join(err, target.Sync(), target.Close()); err != nil {
		return fmt.Errorf("copy the backup: %w", err)
	}
	return nil
}

// examine tells whether a file holds a whole database that this version can use.
func examine(ctx context.Context, file string) error {
	db, err := openDatabase("file:"+file+"?mode=rw", 1)
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = db.Close() }()
	var whole string
	if err := db.DB.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
		return errors.Join(ErrNoBackup, err)
	}
	rows, err := db.DB.QueryContext(ctx, `SELECT name FROM migration`)
	done, err := collect(rows, err, func(row scanner) (name string, err error) { return name, row.Scan(&name) })
	if err != nil || len(done) == 0 {
		return errors.Join(ErrNoBackup, err)
	}
	known, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, name := range done {
		if !slices.Contains(known, name) {
			return ErrNewer
		}
	}
	return nil
}

// setAside renames a database with the files that belong to it.
func setAside(file string) (kept string, err error) {
	name := file + ".before-" + time.Now().UTC().Format("20060102T150405Z")
	for _, part := range []string{"-wal", "-shm", ""} {
		err := os.Rename(file+part, name+part)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return kept, fmt.Errorf("set the present database aside: %w", err)
		}
		kept = name
	}
	return kept, nil
}

// syncFolder makes renames last through a power failure.
func syncFolder(folder string) error {
	open, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("make the change last: %w", err)
	}
	return errors.Join(open.Sync(), open.Close())
}

package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrNoBackup says that a file does not hold a whole database of this program.
var ErrNoBackup = errors.New("the file is no backup of this program")

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
	db, err := openFile("file:"+file+"?mode=rw&_pragma=busy_timeout(5000)", 1)
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
// backup is not taken, and then nothing has changed. Whenever it is cut short, there
// is a whole database in the file: a server that found none would begin a new one,
// and nobody would know of its machines.
func Restore(ctx context.Context, backup, file string) (kept string, err error) {
	fresh := file + ".restoring"
	defer func() { err = errors.Join(err, remove(fresh)) }() // it has its own name by then, or is of no use
	if err := duplicateAll(backup, fresh); err != nil {
		return "", err
	}
	if err := errors.Join(examine(ctx, fresh), fold(ctx, fresh)); err != nil {
		return "", err
	}
	// One that is damaged cannot be folded, and goes as it is.
	if err := fold(ctx, file); errors.Is(err, ErrFull) {
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

// duplicateAll copies a backup. A plain copy of a database has its latest rows in
// the log beside it.
func duplicateAll(from, to string) error {
	if err := remove(to); err != nil { // a former attempt may have left it
		return err
	}
	if err := duplicate(from, to); err != nil {
		return err
	}
	err := duplicate(from+"-wal", to+"-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// remove removes a database with the files that belong to it.
func remove(file string) error {
	for _, part := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove what a restore has left: %w", err)
		}
	}
	return nil
}

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
	db, err := openFile("file:"+file+"?mode=rw", 1)
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer func() { _ = db.Close() }()
	var whole string
	if err := db.DB.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
		return errors.Join(ErrNoBackup, err)
	}
	done, err := migrated(ctx, db.DB)
	if err != nil || len(done) == 0 {
		return errors.Join(ErrNoBackup, err)
	}
	var floor string
	if err := db.DB.QueryRowContext(ctx, readFloor).Scan(&floor); err != nil {
		return errors.Join(ErrNoBackup, err)
	}
	return checkFloor("sqlite", floor)
}

// fold moves what is only in the log of a database into its file, so that the file
// is all of it.
func fold(ctx context.Context, file string) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := openFile("file:"+file+"?mode=rw", 1)
	if err != nil {
		return fmt.Errorf("fold the log of a database: %w", err)
	}
	var busy, log, moved int
	err = db.DB.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved)
	if err = errors.Join(translate(err), db.Close()); err != nil {
		return fmt.Errorf("fold the log of a database: %w", err)
	}
	return nil
}

// setAside gives a database a second name, under which it stays when the first is
// given to another.
func setAside(file string) (kept string, err error) {
	name := file + ".before-" + time.Now().UTC().Format("20060102T150405Z")
	err = os.Link(file, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = duplicate(file, name) // not every disk gives a file two names
	}
	if err != nil {
		return "", fmt.Errorf("set the present database aside: %w", err)
	}
	for _, part := range []string{"-wal", "-shm"} { // there are none but of one that is damaged
		if err := os.Rename(file+part, name+part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return name, fmt.Errorf("set the present database aside: %w", err)
		}
	}
	return name, nil
}

// syncFolder makes renames last through a power failure.
func syncFolder(folder string) error {
	open, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("make the change last: %w", err)
	}
	return errors.Join(open.Sync(), open.Close())
}

package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/dictumal/dictumal/internal/store"
)

func TestABackupIsWholeThoughOthersWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	s := openAt(t, file)
	add(t, s, order("D1"))
	var writing sync.WaitGroup
	for i := range 4 {
		writing.Go(func() {
			for n := range 50 {
				if err := s.Note(t.Context(), "D1", fmt.Sprintf("note %d of %d", n, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	backup := filepath.Join(t.TempDir(), "backup")
	if err := store.Backup(t.Context(), file, backup); err != nil {
		t.Fatal(err)
	}
	writing.Wait()
	if info, err := os.Stat(backup); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has the mode %v, %v", info.Mode(), err)
	}
	restored := filepath.Join(t.TempDir(), "dictumal.db")
	if kept, err := store.Restore(t.Context(), backup, restored); err != nil || kept != "" {
		t.Fatalf("restore: kept %q, %v", kept, err)
	}
	if row, err := openAt(t, restored).Deployment(t.Context(), "D1"); err != nil || row.Owner != "ada" {
		t.Errorf("the restored row is %+v, %v", row, err)
	}
}

func TestARestoreKeepsWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	file, backup := filepath.Join(folder, "dictumal.db"), filepath.Join(folder, "backup")
	s := openAt(t, file)
	add(t, s, order("D1"))
	if err := store.Backup(t.Context(), file, backup); err != nil {
		t.Fatal(err)
	}
	add(t, s, order("D2"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	kept, err := store.Restore(t.Context(), backup, file)
	if err != nil || kept == "" {
		t.Fatalf("restore: kept %q, %v", kept, err)
	}
	for path, want := range map[string]error{file: store.ErrNotFound, kept: nil} {
		if _, err := openAt(t, path).Deployment(t.Context(), "D2"); !errors.Is(err, want) {
			t.Errorf("%s: the row that is younger than the backup: %v, want %v", filepath.Base(path), err, want)
		}
	}
}

func TestARestoreTakesTheLogOfAPlainCopyAlong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	add(t, openAt(t, file), order("D1")) // it is open, so the row is in the log
	folder := t.TempDir()
	plain, restored := filepath.Join(folder, "copy"), filepath.Join(folder, "dictumal.db")
	if !copyPlainly(t, file, plain) {
		t.Fatal("the log was begun anew though nobody writes")
	}
	if _, err := store.Restore(t.Context(), plain, restored); err != nil {
		t.Fatal(err)
	}
	alone(t, restored)
	if _, err := openAt(t, restored).Deployment(t.Context(), "D1"); err != nil {
		t.Errorf("the row that was in the log: %v", err)
	}
}

// TestARestoreKeepsWhatWasOnlyInTheLog has a server be killed, which leaves a log.
func TestARestoreKeepsWhatWasOnlyInTheLog(t *testing.T) {
	folder := t.TempDir()
	file, backup := filepath.Join(folder, "dictumal.db"), filepath.Join(folder, "backup")
	copyOf(t, backup)
	add(t, openAt(t, filepath.Join(folder, "running.db")), order("D1"))
	if !copyPlainly(t, filepath.Join(folder, "running.db"), file) {
		t.Fatal("the log was begun anew though nobody writes")
	}
	kept, err := store.Restore(t.Context(), backup, file)
	if err != nil {
		t.Fatal(err)
	}
	alone(t, kept)
	for path, id := range map[string]string{file: "D9", kept: "D1"} {
		if _, err := openAt(t, path).Deployment(t.Context(), id); err != nil {
			t.Errorf("%s in %s: %v", id, filepath.Base(path), err)
		}
	}
}

func TestARestoreThatWasCutShortIsBegunAnew(t *testing.T) {
	folder := t.TempDir()
	file, backup := filepath.Join(folder, "dictumal.db"), filepath.Join(folder, "backup")
	copyOf(t, backup)
	for _, part := range []string{"", "-wal", "-shm"} {
		put(t, file+".restoring"+part, "half of something")
	}
	if _, err := store.Restore(t.Context(), backup, file); err != nil {
		t.Fatal(err)
	}
	alone(t, file+".restoring")
	if _, err := openAt(t, file).Deployment(t.Context(), "D9"); err != nil {
		t.Errorf("the restored row: %v", err)
	}
}

func TestWhatIsNoBackupIsRefusedAndChangesNothing(t *testing.T) {
	for name, test := range map[string]struct {
		made func(t *testing.T, path string)
		want error
	}{
		"a file of something else":      {func(t *testing.T, path string) { t.Helper(); put(t, path, "hello") }, store.ErrNoBackup},
		"an empty file":                 {func(t *testing.T, path string) { t.Helper(); put(t, path, "") }, store.ErrNoBackup},
		"a file that is not there":      {func(*testing.T, string) {}, os.ErrNotExist},
		"a backup that was cut short":   {cutShort, store.ErrNoBackup},
		"a backup from a later version": {later, store.ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file, backup := filepath.Join(folder, "dictumal.db"), filepath.Join(folder, "backup")
			s := openAt(t, file)
			add(t, s, order("D1"))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			test.made(t, backup)
			if _, err := store.Restore(t.Context(), backup, file); !errors.Is(err, test.want) {
				t.Errorf("restore: %v, want %v", err, test.want)
			}
			if _, err := openAt(t, file).Deployment(t.Context(), "D1"); err != nil {
				t.Errorf("the present row: %v", err)
			}
		})
	}
}

func TestABackupReplacesNoFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	openAt(t, file)
	there := filepath.Join(t.TempDir(), "there")
	put(t, there, "somebody's")
	if err := store.Backup(t.Context(), file, there); !errors.Is(err, os.ErrExist) {
		t.Errorf("backup over a file: %v", err)
	}
	if text, _ := os.ReadFile(there); string(text) != "somebody's" {
		t.Errorf("the file holds %q now", text)
	}
}

// Private

// alone has nothing of a database be outside of its file.
func alone(t *testing.T, file string) {
	t.Helper()
	for _, part := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(file + part); err == nil {
			t.Errorf("%s%s is there", filepath.Base(file), part)
		}
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// copyOf makes a backup of a database with a row in it.
func copyOf(t *testing.T, path string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dictumal.db")
	add(t, openAt(t, file), order("D9"))
	if err := store.Backup(t.Context(), file, path); err != nil {
		t.Fatal(err)
	}
}

func cutShort(t *testing.T, path string) {
	t.Helper()
	copyOf(t, path)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()/2); err != nil {
		t.Fatal(err)
	}
}

func later(t *testing.T, path string) {
	t.Helper()
	copyOf(t, path)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), breaking); err != nil {
		t.Fatal(err)
	}
}

package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/dictumal/dictumal/internal/store"
)

// copies is how many are taken in mid-write.
const copies = 40

// TestAPlainCopyInMidWriteIsWhole copies a database as docs/backup.md tells it:
// first the rows, then the log, and again where the head of the log has changed.
func TestAPlainCopyInMidWriteIsWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	s := openAt(t, file)
	again := 0
	for n := range copies {
		written := write(t, s, n)
		promised := written.wait(3) // orders that somebody was told of
		to := filepath.Join(t.TempDir(), "dictumal.db")
		for !copyPlainly(t, file, to) {
			again++
		}
		written.stop()
		judgeCopy(t, to, promised)
		if t.Failed() {
			t.Fatalf("copy %d of %d", n+1, copies)
		}
	}
	t.Logf("%d copies in mid-write, all whole; %d were taken again because the log had been begun anew", copies, again)
}

// TestACopyWithAnotherLogIsTold has the log begun anew between the two copies, as
// happens after some thousand writes: its rows are in neither of them.
func TestACopyWithAnotherLogIsTold(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dictumal.db")
	s := openAt(t, file)
	add(t, s, order("D1"))
	to := filepath.Join(t.TempDir(), "dictumal.db")
	before := head(t, file+"-wal")
	duplicate(t, file, to)
	checkpoint(t, file)
	add(t, s, order("D2"))
	duplicate(t, file+"-wal", to+"-wal")
	if bytes.Equal(before, head(t, file+"-wal")) {
		t.Error("the head of the log does not tell that it was begun anew")
	}
	c, err := store.Open(t.Context(), to)
	if err != nil {
		return // which is told, too
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Deployment(t.Context(), "D1"); err == nil {
		t.Error("the copy has all rows, so this test shows nothing")
	}
}

// Private

// writing is what several write at the same time.
type writing struct {
	over atomic.Bool
	wg   sync.WaitGroup

	mu   sync.Mutex
	more sync.Cond
	ids  []string // in the order in which they were confirmed
}

// write orders deployments and notes launches until it is stopped.
func write(t *testing.T, s *store.Store, round int) *writing {
	t.Helper()
	w := &writing{}
	w.more.L = &w.mu
	for i := range 4 {
		w.wg.Go(func() {
			for n := 0; !w.over.Load(); n++ {
				o := order(fmt.Sprintf("D%03d-%d-%06d", round, i, n))
				o.Total, o.PerUser = 1<<30, 1<<30
				_, _, err := s.AddDeployment(t.Context(), o)
				if err == nil {
					err = s.Note(t.Context(), o.Row.ID, "Launched by a test.")
				}
				if err != nil {
					t.Errorf("write %s: %v", o.Row.ID, err)
					return
				}
				w.confirm(o.Row.ID)
			}
		})
	}
	return w
}

func (w *writing) stop() {
	w.over.Store(true)
	w.wg.Wait()
}

func (w *writing) confirm(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids = append(w.ids, id)
	w.more.Broadcast()
}

// wait gives what is confirmed once that is at least so many.
func (w *writing) wait(count int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.ids) < count {
		w.more.Wait()
	}
	return slices.Clip(w.ids)
}

// copyPlainly copies a database that is being written, and tells whether the log
// has stayed the same one meanwhile.
func copyPlainly(t *testing.T, from, to string) bool {
	t.Helper()
	before := head(t, from+"-wal")
	duplicate(t, from, to)
	duplicate(t, from+"-wal", to+"-wal")
	return len(before) > 0 && bytes.Equal(before, head(t, from+"-wal"))
}

// head is the beginning of a log, which is another in each log.
func head(t *testing.T, log string) []byte {
	t.Helper()
	file, err := os.Open(log)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func duplicate(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	put(t, to, string(text))
}

// judgeCopy has a copy be whole, hold what was promised, and go on.
func judgeCopy(t *testing.T, file string, promised []string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	var said string
	err = errors.Join(db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&said), db.Close())
	if err != nil || said != "ok" {
		t.Fatalf("the copy is damaged: %s %v", said, err)
	}
	s := openAt(t, file)
	for _, id := range promised {
		if _, err := s.Deployment(t.Context(), id); err != nil {
			t.Fatalf("%s was confirmed before the copy was begun: %v", id, err)
		}
	}
	if told, err := s.Timeline(t.Context(), promised[len(promised)-1]); err != nil || len(told) != 3 {
		t.Errorf("the story of the last order is %v, %v", told, err)
	}
	if err := s.Release(t.Context()); err != nil {
		t.Error(err)
	}
	add(t, s, store.Order{Row: order("D-next").Row, PerUser: 1 << 30, Total: 1 << 30})
}

// checkpoint moves the log into the rows, so that the next write begins it anew.
func checkpoint(t *testing.T, file string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	var busy, log, moved int
	err = db.QueryRowContext(t.Context(), `PRAGMA wal_checkpoint(RESTART)`).Scan(&busy, &log, &moved)
	if err := errors.Join(err, db.Close()); err != nil || busy != 0 || log != moved {
		t.Fatalf("checkpoint: busy %d, %d of %d pages, %v", busy, moved, log, err)
	}
}

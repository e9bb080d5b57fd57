package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/postgrestest"
)

// crowd is a database with a row for each of some workers, who write at the same time.
type crowd struct {
	*testing.T
	*Store
	rows []Row
	errs []error
}

func newCrowd(t *testing.T, size int) *crowd {
	t.Helper()
	return newCrowdAt(t, filepath.Join(t.TempDir(), "dictumal.db"), size)
}

func newCrowdAt(t *testing.T, place string, size int) *crowd {
	t.Helper()
	s, err := Open(t.Context(), place)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &crowd{T: t, Store: s, errs: make([]error, size)}
	c.must(s.AddUser(t.Context(), dictumal.User{ID: "ada"}, "local", "ada"))
	for i := range size {
		row := Row{Deployment: dictumal.Deployment{ID: fmt.Sprintf("D%d", i), Owner: "ada", CreatedAt: time.Now()}}
		_, _, err := s.AddDeployment(t.Context(), Order{Row: row, PerUser: size, Total: size})
		c.must(err)
	}
	c.rows, err = s.ClaimDue(t.Context(), "crowd", time.Hour, Unsettled, size)
	c.must(err)
	return c
}

func (c *crowd) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// write has each do its work in the same transaction: the first waits for somebody
// else's until all have come. Meanwhile is done before that one ends.
func (c *crowd) write(work func(worker int) error, meanwhile func()) {
	c.Helper()
	other, err := c.Store.write.begin(c.Context())
	c.must(err)
	var working sync.WaitGroup
	for worker := range c.errs {
		working.Go(func() { c.errs[worker] = work(worker) })
	}
	for c.waiting() < len(c.errs) {
		runtime.Gosched()
	}
	meanwhile()
	c.must(other.Commit())
	working.Wait()
}

func (c *crowd) waiting() int {
	c.groups.mu.Lock()
	defer c.groups.mu.Unlock()
	if c.groups.open == nil {
		return 0
	}
	return len(c.groups.open.writes)
}

// save saves a worker's row with two notes.
func (c *crowd) save(ctx context.Context, worker int) error {
	var entries []Entry
	for _, text := range []string{"first", "second"} {
		entries = append(entries, Entry{Event: dictumal.Event{Kind: dictumal.EventNote, Text: text}})
	}
	row := c.rows[worker]
	row.MachineID = "learned"
	return c.Save(ctx, row, Outcome{Entries: entries, Wake: time.Now().Add(time.Hour)})
}

// saved tells whether a worker's row and its notes were written, both or none of them.
func (c *crowd) saved(worker int) bool {
	c.Helper()
	row, err := c.Deployment(c.Context(), c.rows[worker].ID)
	c.must(err)
	events, err := c.Events(c.Context(), row.ID, 0, 100)
	c.must(err)
	var notes []Entry
	for _, e := range events {
		if e.Kind == dictumal.EventNote {
			notes = append(notes, e)
		}
	}
	switch {
	case row.MachineID == "" && len(notes) == 0:
		return false
	case row.MachineID != "" && len(notes) == 2 && notes[0].Text == "first" && notes[1].Number == notes[0].Number+1:
		return true
	}
	c.Fatalf("%s has the machine %q and the notes %v", row.ID, row.MachineID, notes)
	return false
}

func TestThoseWhoWriteTogetherAreWrittenAtOnce(t *testing.T) {
	c := newCrowd(t, 8)
	before, err := c.LastEvent(t.Context())
	c.must(err)
	c.write(func(worker int) error { return c.save(c.Context(), worker) }, func() {})
	moments := map[time.Time]bool{}
	for worker, err := range c.errs {
		if err != nil || !c.saved(worker) {
			t.Errorf("worker %d: %v", worker, err)
		}
		events, err := c.Events(t.Context(), c.rows[worker].ID, before, 1)
		c.must(err)
		moments[events[0].At] = true
	}
	if last, err := c.LastEvent(t.Context()); err != nil || last != before+16 {
		t.Errorf("the last of 16 events after %d is %d, %v", before, last, err)
	}
	if len(moments) != 1 {
		t.Errorf("the events were written in %d transactions, want one", len(moments))
	}
}

func TestARowThatHasPassedOnKeepsNobodyFromWriting(t *testing.T) {
	c := newCrowd(t, 8)
	c.rows[3].fence--
	c.write(func(worker int) error { return c.save(c.Context(), worker) }, func() {})
	for worker, err := range c.errs {
		if worker == 3 {
			if !errors.Is(err, ErrFenced) || c.saved(worker) {
				t.Errorf("the overtaken worker: %v, want ErrFenced and nothing written", err)
			}
		} else if err != nil || !c.saved(worker) {
			t.Errorf("worker %d: %v", worker, err)
		}
	}
}

func TestWorkThatFailsKeepsNobodyFromWriting(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { workThatFails(t, newCrowd(t, 8)) })
	t.Run("PostgreSQL", func(t *testing.T) { workThatFails(t, newCrowdAt(t, postgrestest.Database(t), 8)) })
}

func workThatFails(t *testing.T, c *crowd) {
	t.Helper()
	c.rows[5].fence--
	c.write(func(worker int) error {
		if worker == 3 {
			return c.Note(c.Context(), "nowhere", "of a deployment that there is not")
		}
		return c.save(c.Context(), worker)
	}, func() {})
	for worker, err := range c.errs {
		switch worker {
		case 3:
			if err == nil {
				t.Error("a note of no deployment was kept")
			}
		case 5:
			if !errors.Is(err, ErrFenced) || c.saved(worker) {
				t.Errorf("the overtaken worker: %v, want ErrFenced and nothing written", err)
			}
		default:
			if err != nil || !c.saved(worker) {
				t.Errorf("worker %d: %v", worker, err)
			}
		}
	}
}

func TestAConnectionThatIsLostIsAnErrorForAllAtOnce(t *testing.T) {
	c := newCrowdAt(t, postgrestest.Database(t), 8)
	tried := make([]int, len(c.errs))
	c.write(func(worker int) error {
		return c.together(c.Context(), func(ctx context.Context, tx *transaction) ([]Entry, error) {
			tried[worker]++
			query := `SELECT 1`
			if slices.Max(tried) == 1 && !slices.Contains(tried, 0) { // the last of all
				query = `SELECT pg_terminate_backend(pg_backend_pid())`
			}
			_, err := tx.ExecContext(ctx, query)
			return nil, err
		})
	}, func() {})
	for worker, err := range c.errs {
		if err == nil || errors.Is(err, ErrUnsure) || tried[worker] != 1 {
			t.Errorf("worker %d, who has tried %d times: %v", worker, tried[worker], err)
		}
	}
	if err := c.save(t.Context(), 0); err != nil || !c.saved(0) {
		t.Errorf("the next: %v", err)
	}
}

func TestWhoLeavesBeforeItsTurnHasWrittenNothing(t *testing.T) {
	c := newCrowd(t, 4)
	leaving, leave := context.WithCancel(t.Context())
	contexts := []context.Context{t.Context(), leaving}
	c.write(func(worker int) error { return c.save(contexts[worker%2], worker) }, func() {
		leave()
		for c.waiting() > 2 {
			runtime.Gosched()
		}
	})
	for worker, err := range c.errs {
		if left := worker%2 == 1; left != errors.Is(err, context.Canceled) || left == c.saved(worker) {
			t.Errorf("worker %d, who left (%v): %v", worker, left, err)
		}
	}
}

func TestADatabaseThatIsClosedIsAnErrorForAll(t *testing.T) {
	c := newCrowd(t, 4)
	c.must(c.Close())
	for worker := range c.errs {
		if err := c.save(t.Context(), worker); err == nil {
			t.Errorf("worker %d saved a row", worker)
		}
	}
}

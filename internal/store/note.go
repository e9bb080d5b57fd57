package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

// Note adds a sentence to the story of a deployment. Those that come at the same
// time are written together; each caller hears of it when its own is kept.
func (s *Store) Note(ctx context.Context, deployment, text string) error {
	note := Entry{Event: dictumal.Event{Deployment: deployment, Kind: dictumal.EventNote, Text: text}}
	b, first := s.notes.join(note)
	if first {
		// The first writes for all, whatever becomes of its own caller.
		b.err = s.writeNotes(context.WithoutCancel(ctx), b)
		close(b.written)
	}
	select {
	case <-b.written:
	case <-ctx.Done():
		return fmt.Errorf("note: %w", context.Cause(ctx))
	}
	if b.err != nil {
		return fmt.Errorf("note: %w", b.err)
	}
	return nil
}

// Private

// notes gathers what is told while somebody else is writing.
type notes struct {
	mu   sync.Mutex
	next *batch
}

type batch struct {
	entries []Entry
	written chan struct{}
	err     error
}

// join adds a note to the next batch, and tells whether it is the first in it.
func (n *notes) join(note Entry) (b *batch, first bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if first = n.next == nil; first {
		n.next = &batch{written: make(chan struct{})}
	}
	n.next.entries = append(n.next.entries, note)
	return n.next, first
}

// close lets nobody join any more.
func (n *notes) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = nil
}

func (s *Store) writeNotes(ctx context.Context, b *batch) error {
	closed := false
	defer func() {
		if !closed {
			s.notes.close() // it came to no transaction
		}
	}()
	err := s.transact(ctx, func(tx *transaction) error {
		s.notes.close()
		closed = true
		return writeEvents(ctx, tx, time.Now(), b.entries)
	})
	if err == nil {
		s.changes.announce()
	}
	return err
}

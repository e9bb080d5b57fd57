package store

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Private

// together runs work in a transaction that it shares with all who come while somebody
// else is writing: each transaction waits for the one before it, and has a price of its
// own. Work returns the events that tell of it. Where it fails with ErrFenced it has
// written nothing, and the others go on; after any other error each is tried by itself,
// unless the database does not answer any more: then that is the error of all. Who leaves before its turn has written nothing.
func (s *Store) together(ctx context.Context, work func(ctx context.Context, tx *transaction) ([]Entry, error)) error {
	w := &write{work: work}
	g, first := s.groups.join(w)
	if first {
		// For all, whatever becomes of the one who came first.
		go s.commit(context.WithoutCancel(ctx), g)
	}
	select {
	case <-g.over:
	case <-ctx.Done():
		if s.groups.leave(g, w) {
			return context.Cause(ctx)
		}
		<-g.over
	}
	return w.err
}

// write is the work of one, and what came of it.
type write struct {
	work func(ctx context.Context, tx *transaction) ([]Entry, error)
	told []Entry
	err  error
}

// group is the work of those who share a transaction.
type group struct {
	writes []*write
	over   chan struct{}
}

// groups gathers who comes while somebody else is writing.
type groups struct {
	mu   sync.Mutex
	open *group
}

// join adds work to the open group, and tells whether it is the first in it.
func (g *groups) join(w *write) (joined *group, first bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if first = g.open == nil; first {
		g.open = &group{over: make(chan struct{})}
	}
	g.open.writes = append(g.open.writes, w)
	return g.open, first
}

// leave takes work out of a group, unless its turn has come.
func (g *groups) leave(joined *group, w *write) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open != joined {
		return false
	}
	joined.writes = slices.DeleteFunc(joined.writes, func(other *write) bool { return other == w })
	return true
}

// close lets nobody join or leave the group any more.
func (g *groups) close(joined *group) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == joined {
		g.open = nil
	}
}

// commit does the work of a group, whose turn comes with the transaction.
func (s *Store) commit(ctx context.Context, g *group) {
	defer close(g.over)
	runtime.Gosched() // who is about to write joins
	spoilt, err := s.attempt(ctx, g)
	if !spoilt || len(g.writes) == 1 {
		s.settle(g.writes, err)
		return
	}
	for i, w := range g.writes { // all is rolled back; one keeps no other from writing
		spoilt, err := s.attempt(ctx, &group{writes: []*write{w}})
		if err != nil && !spoilt {
			s.settle(g.writes[i:], err) // the others would wait as long, one after another
			return
		}
		s.settle([]*write{w}, err)
	}
}

// attempt does the work of a group in one transaction. It is spoilt where one of the
// writes was at fault, and not the database, which still answers.
func (s *Store) attempt(ctx context.Context, g *group) (spoilt bool, err error) {
	err = s.transact(ctx, func(tx *transaction) error {
		s.groups.close(g)
		err := apply(ctx, tx, g.writes)
		spoilt = err != nil && tx.answers(ctx)
		return err
	})
	s.groups.close(g) // it may have come to no transaction
	return spoilt, err
}

// settle says what came of writes that have shared a transaction.
func (s *Store) settle(writes []*write, err error) {
	told := false
	for _, w := range writes {
		told = told || len(w.told) > 0
		if err != nil {
			w.err = err
		}
	}
	if told && err == nil {
		s.changes.announce()
	}
}

// apply does the work of several and numbers all of their events, and all of their
// deeds, at once.
func apply(ctx context.Context, tx *transaction, writes []*write) error {
	var told []Entry
	for _, w := range writes {
		w.told, w.err = w.work(ctx, tx)
		if w.err != nil && !errors.Is(w.err, ErrFenced) {
			return w.err
		}
		told = append(told, w.told...)
	}
	if err := writeEvents(ctx, tx, time.Now(), told); err != nil {
		return err
	}
	return writeDeeds(ctx, tx, tx.deeds)
}

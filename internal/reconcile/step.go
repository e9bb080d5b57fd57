package reconcile

import (
	"context"
	"time"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// step is one worker's turn with one row. It changes the row in hand and gathers
// events; both are written together when the turn is over.
type step struct {
	*Runner
	hold *hold
	memo memo

	row     store.Row
	saved   store.Row // as it was written last
	entries []store.Entry
	wake    time.Time
	// answered tells whether the provider has answered as it should.
	answered bool
}

// never is a time at which nothing is due any more.
const never = 100 * 365 * 24 * time.Hour

// take does what the row's status asks for.
func (s *step) take(ctx context.Context) error {
	if s.living() {
		if ending, ok := s.over(); ok {
			s.become(dictumal.Destroying, s.because(ending)+"; the machine is being removed.")
			return nil
		}
		s.remind()
	}
	switch s.row.Status {
	case dictumal.Provisioning:
		return s.provision(ctx)
	case dictumal.Configuring:
		return s.configure(ctx)
	case dictumal.Active:
		return s.guard(ctx)
	case dictumal.Errored:
		return s.cleanUp(ctx)
	case dictumal.Destroying:
		return s.destroy(ctx)
	case dictumal.Destroyed:
		s.again(never)
	}
	return nil
}

// Private

// save writes what the step has come to so far and goes on.
func (s *step) save(ctx context.Context) error {
	if err := s.Store.Save(ctx, s.row, store.Outcome{Entries: s.entries, Keep: true}); err != nil {
		return err
	}
	s.saved, s.entries = s.row, nil
	return nil
}

func (s *step) again(after time.Duration) { s.wake = time.Now().Add(after) }

// againBefore is again, or the deadline where that comes first.
func (s *step) againBefore(deadline time.Time, after time.Duration) {
	s.again(max(0, min(after, time.Until(deadline))))
}

// become moves to the next status, which is due at once.
func (s *step) become(next dictumal.Status, text string) {
	now := time.Now()
	switch next {
	case dictumal.Configuring:
		s.row.ConfiguringAt = now
	case dictumal.Active:
		s.row.ActiveAt = now
	case dictumal.Errored:
		s.row.ErrorAt = now
	case dictumal.Destroyed:
		s.row.DestroyedAt = now
	case dictumal.Provisioning, dictumal.Destroying:
	}
	s.row.Status = next
	s.tell(dictumal.Event{Kind: dictumal.EventStatus, Status: next, Text: text})
	s.again(0)
}

// reach goes on to a stage and tells of every one on the way.
func (s *step) reach(stage dictumal.Stage) {
	for _, passed := range s.row.Progress.Advance(s.row.Stream, stage) {
		s.row.Progress.Stage = passed
		s.tell(dictumal.Event{Kind: dictumal.EventProgress, Stage: passed, Text: passed.Words()})
	}
}

func (s *step) note(text string) { s.tell(dictumal.Event{Kind: dictumal.EventNote, Text: text}) }

// noteOnce is for what may happen again and again but need be told only once.
func (s *step) noteOnce(ctx context.Context, text string) error {
	told, err := s.Store.Timeline(ctx, s.row.ID)
	if err != nil {
		return err
	}
	for _, entry := range told {
		if entry.Text == text {
			return nil
		}
	}
	s.note(text)
	return nil
}

func (s *step) tell(event dictumal.Event) {
	s.entries = append(s.entries, store.Entry{Event: event})
}

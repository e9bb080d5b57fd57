package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/store"
)

// Private

// surveys tells whether this program has made a survey. All who come while one is made
// learn from it: where the provider fails, it fails for all of them at once.
type surveys struct {
	mu    sync.Mutex
	made  bool
	going *survey // nil: none is being made
}

// survey is one that is being made, for all who wait for it.
type survey struct {
	over chan struct{}
	err  error
}

func newSurveys() *surveys { return &surveys{} }

// surveyed makes a survey before the first order of this program. Where the rows are
// older than the cloud, a machine that is newer than all of them may be somebody's and
// is kept. An order is newer still: after it, that machine would look forgotten. Who
// waits for one that is being made stops waiting when its step is over.
func (s *step) surveyed(ctx context.Context) error {
	for {
		going, first := s.surveys.join()
		if going == nil {
			return nil
		}
		if first {
			err := context.Canceled // where it is not made to its end
			defer func() { s.surveys.end(going, err) }()
			err = s.makeSurvey(ctx)
			return err
		}
		select {
		case <-going.over:
		case <-ctx.Done():
			return ctx.Err()
		}
		if !ofItsMaker(going.err) {
			return going.err
		}
	}
}

// ofItsMaker tells whether an error is about the step that made a survey, and nobody else's.
func ofItsMaker(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, store.ErrFenced) || errors.Is(err, errLate)
}

func (s *step) makeSurvey(ctx context.Context) error {
	if err := s.hold.enough(ctx, s.Call); err != nil {
		return err
	}
	_, err := s.survey(ctx, &Sweep{})
	return err
}

// join gives the survey that is being made, which the first who comes is to make; nil
// where one has been made.
func (s *surveys) join() (going *survey, first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.made {
		return nil, false
	}
	if first = s.going == nil; first {
		s.going = &survey{over: make(chan struct{})}
	}
	return s.going, first
}

// end tells all who wait what a survey came to.
func (s *surveys) end(going *survey, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	going.err, s.made, s.going = err, err == nil, nil
	close(going.over)
}

// stray is a machine that no row owns.
type stray struct {
	dictumal.Machine
	store.Sighting
	twin bool // its order made another, which the row has for good
}

// survey notes which machines no row owns.
func (o Options) survey(ctx context.Context, found *Sweep) ([]stray, error) {
	listed, owned, err := o.compare(ctx)
	if err != nil {
		return nil, err
	}
	var unowned []dictumal.Machine
	for _, m := range listed {
		if _, ours := dictumal.ParseMachineName(o.Installation, m.Name); ours && !owns(owned, m) {
			unowned = append(unowned, m)
		}
	}
	found.Listed, found.Unowned = len(listed), len(unowned)
	sightings, err := o.Store.Sight(ctx, unowned)
	if err != nil {
		return nil, err
	}
	strays := make([]stray, len(unowned))
	for i, m := range unowned {
		strays[i] = stray{Machine: m, Sighting: sightings[m.Name], twin: owned.Settled[m.Name]}
	}
	return strays, nil
}

// compare reads what there is and what is owned. The list comes first: a machine
// that is ordered after it is not in it, and one that is in it was written down
// before it was ordered.
func (o Options) compare(ctx context.Context) (listed []dictumal.Machine, owned store.Ownership, err error) {
	if o.without(listFirst) {
		if owned, err = o.Store.Ownership(ctx); err == nil {
			listed, err = o.list(ctx)
		}
		return listed, owned, err
	}
	if listed, err = o.list(ctx); err == nil {
		owned, err = o.Store.Ownership(ctx)
	}
	return listed, owned, err
}

func (o Options) list(ctx context.Context) ([]dictumal.Machine, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Call)
	defer cancel()
	listed, err := o.Provider.List(ctx)
	o.Observer.Asked(err)
	if err != nil {
		return nil, fmt.Errorf("list machines: %w", err)
	}
	return listed, nil
}

// owns tells whether a row owns the machine. One that has an owned name but
// another id than the row's was made by the same order a second time.
func owns(owned store.Ownership, m dictumal.Machine) bool {
	id := owned.IDs[m.Name]
	return owned.Names[m.Name] && (id == "" || id == m.ID)
}

package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dictumal/dictumal"
)

const sweepWork = "sweep" // the name of the lease

// errSwept says that a sweep took so long that its right to go on has ended.
var errSwept = errors.New("another replica may be sweeping by now")

// Sweeper removes machines of this installation that no row owns.
type Sweeper struct {
	Options
	until    time.Time       // this one may sweep, and no other
	reported map[string]bool // machines that were left alone, and told of
}

// NewSweeper makes a sweeper that does nothing yet.
func NewSweeper(options Options) *Sweeper {
	return &Sweeper{Options: options.withDefaults(), reported: make(map[string]bool)}
}

// Run sweeps now and from time to time until the context ends, on one replica at a time.
func (s *Sweeper) Run(ctx context.Context) error {
	tick := time.NewTicker(s.SweepEvery)
	defer tick.Stop()
	for {
		if err := s.turn(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "A sweep failed and will be repeated.", "error", err)
		}
		select {
		case <-ctx.Done():
			s.letGo(context.WithoutCancel(ctx))
			return nil
		case <-tick.C:
		}
	}
}

// Sweep compares the provider's list with the rows once.
func (s *Sweeper) Sweep(ctx context.Context) error {
	var found Sweep
	err := s.sweep(ctx, &found)
	s.Observer.Swept(found, err)
	return err
}

// Private

func (s *Sweeper) sweep(ctx context.Context, found *Sweep) error {
	if err := s.enough(ctx); err != nil {
		return err
	}
	strays, err := s.survey(ctx, found)
	if err != nil {
		return err
	}
	return s.removeOld(ctx, strays, found)
}

// turn sweeps where no other replica does. Who is not fit leaves the sweep to others.
func (s *Sweeper) turn(ctx context.Context) error {
	if s.standsStill() {
		return nil
	}
	held, err := s.hold(ctx)
	if err != nil || !held {
		return err
	}
	return s.Sweep(ctx)
}

// hold takes the lease on the sweep, or makes it last.
func (s *Sweeper) hold(ctx context.Context) (held bool, err error) {
	until := time.Now().Add(s.SweepEvery + s.Lease)
	held, err = s.Store.Hold(ctx, sweepWork, s.Owner, until)
	if held = held || s.without(oneSweep); held {
		s.until = until
	}
	return held, err
}

// letGo gives up the lease on the sweep, so that another replica need not wait for its end.
func (s *Sweeper) letGo(ctx context.Context) {
	if !time.Now().Before(s.until) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, saveTime)
	defer cancel()
	if _, err := s.Store.Hold(ctx, sweepWork, s.Owner, time.Now()); err != nil {
		s.Log.WarnContext(ctx, "The lease on the sweep was not given up, and ends by itself.", "error", err)
	}
}

// enough makes sure that a call of the provider ends before another replica may sweep:
// a sweep may be long, and a process may have stood still in the midst of it.
func (s *Sweeper) enough(ctx context.Context) error {
	if err := s.fit(); err != nil {
		return err
	}
	if left(s.until) >= s.Call {
		return nil
	}
	held, err := s.hold(ctx)
	if err == nil && (!held || left(s.until) < s.Call) {
		err = errSwept
	}
	return err
}

// removeOld removes what has been without an owner for longer than the grace, by
// our own sightings: the provider's clock is not ours. What an order made a second
// time need not wait: its row has the first for good.
func (s *Sweeper) removeOld(ctx context.Context, strays []stray, found *Sweep) error {
	confirmed, err := s.Store.SweepConfirmed(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, m := range strays {
		switch {
		case m.Newer && m.Name > confirmed:
			s.report(ctx, m.Machine, found)
		case m.twin || time.Since(m.Since) > s.Grace:
			errs = append(errs, s.remove(ctx, m.Machine, m.Since, found))
		}
	}
	return errors.Join(errs...)
}

// report tells of a machine that was younger than the newest row when it was
// found: the rows are older than the cloud, as after a restored backup, and the
// machine may well have been somebody's. Rows that are written since prove nothing.
func (s *Sweeper) report(ctx context.Context, m dictumal.Machine, found *Sweep) {
	if s.reported[m.Name] {
		return
	}
	s.reported[m.Name] = true
	found.Reported++
	s.Log.WarnContext(ctx, "A machine is newer than the newest row, as after a restored backup; it is left alone until an admin confirms.",
		"machine", m.Name, "id", m.ID, "ip", m.IP)
}

func (s *Sweeper) remove(ctx context.Context, m dictumal.Machine, since time.Time, found *Sweep) error {
	if err := s.enough(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Call)
	defer cancel()
	err := s.Provider.Destroy(ctx, m.ID)
	s.Observer.Asked(err)
	if err != nil {
		return fmt.Errorf("destroy the machine %s, which no row owns: %w", m.Name, err)
	}
	found.Removed++
	s.Observer.Removed("", m.Name)
	s.Log.WarnContext(ctx, "A machine that no row owns was removed.", "machine", m.Name, "id", m.ID, "seen_since", since)
	return nil
}

package simulation

import "time"

// weather alternates between storm, in which everything fails, and calm, in which
// what must come about has to come about.
type weather struct {
	begun       time.Time
	storm, calm time.Duration
	over        time.Time // when it stays calm; zero: not yet
}

// stormy tells whether there is a storm.
func (w *weather) stormy(now time.Time) bool {
	return w.over.IsZero() && now.Sub(w.begun)%(w.storm+w.calm) < w.storm
}

// Private

// calmSince is the beginning of the calm that holds now, or of the next one.
func (w *weather) calmSince(now time.Time) time.Time {
	since := w.begun
	if w.storm > 0 {
		since = now.Add(-(now.Sub(w.begun) % (w.storm + w.calm))).Add(w.storm)
	}
	if !w.over.IsZero() && w.over.Before(since) {
		return w.over
	}
	return since
}

package simulation

import (
	"sync/atomic"
	"time"
)

// weather alternates between storm, in which everything fails, and calm, in which
// what must come about has to come about.
type weather struct {
	begun       time.Time
	storm, calm time.Duration
	over        atomic.Int64 // when it stays calm, in Unix nanoseconds; 0: not yet
}

// end has it stay calm from now on.
func (w *weather) end(now time.Time) { w.over.Store(now.UnixNano()) }

// stormy tells whether there is a storm.
func (w *weather) stormy(now time.Time) bool {
	return w.over.Load() == 0 && now.Sub(w.begun)%(w.storm+w.calm) < w.storm
}

// Private

// stormed is how much of a span was storm.
func (w *weather) stormed(from, to time.Time) (sum time.Duration) {
	if over := w.ended(); !over.IsZero() && over.Before(to) {
		to = over
	}
	for cycle := w.storm + w.calm; cycle > 0 && from.Before(to); {
		into := from.Sub(w.begun) % cycle
		end := from.Add(cycle - into)
		if storm := from.Add(w.storm - into); storm.After(from) {
			if to.Before(storm) {
				storm = to
			}
			sum += storm.Sub(from)
		}
		from = end
	}
	return sum
}

// calmSince is the beginning of the calm that holds now, or of the next one.
func (w *weather) calmSince(now time.Time) time.Time {
	since := w.begun
	if w.storm > 0 {
		since = now.Add(-(now.Sub(w.begun) % (w.storm + w.calm))).Add(w.storm)
	}
	if over := w.ended(); !over.IsZero() && over.Before(since) {
		return over
	}
	return since
}

// ended is when it stayed calm; zero where it does not yet.
func (w *weather) ended() time.Time {
	over := w.over.Load()
	if over == 0 {
		return time.Time{}
	}
	return time.Unix(0, over)
}

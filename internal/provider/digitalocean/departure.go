package digitalocean

import (
	"maps"
	"time"
)

const (
	// absenceSpan is for how long a machine must stay away to be gone.
	absenceSpan = 30 * time.Second
	// word is how long an answer about a machine by itself stands, of two looks at least.
	// Six looks are needed for an absence to be believed, so that three of them ask.
	word = 2 * listMoving
	// farewell is how long a removal is remembered: longer than an hour, for which looks
	// may be held back after many.
	farewell = 2 * time.Hour
)

// departures are the machines whose removal was taken, by id. Each is looked at every few
// seconds until it is proven to be gone, which takes three absences over some time. New
// lists say each time that it stays away; to ask for each of a thousand by itself at each
// look would take the calls of two hours.
type departures struct{ by map[string]departure }

// departure is one of them: when its removal was taken, and when it was first and last
// asked for by itself and did not exist.
type departure struct{ taken, first, last time.Time }

// begin notes that a removal was taken.
func (d *departures) begin(id string, now time.Time) {
	maps.DeleteFunc(d.by, func(_ string, old departure) bool { return now.Sub(old.taken) >= farewell })
	if d.by == nil {
		d.by = map[string]departure{}
	}
	d.by[id] = departure{taken: now}
}

// miss notes that a machine was asked for by itself and does not exist.
func (d *departures) miss(id string, now time.Time) {
	gone, removed := d.by[id]
	if !removed {
		return
	}
	if gone.first.IsZero() {
		gone.first = now
	}
	gone.last = now
	d.by[id] = gone
}

// see notes that a machine is there after all: whoever counts begins anew.
func (d *departures) see(id string) {
	if gone, removed := d.by[id]; removed {
		d.by[id] = departure{taken: gone.taken}
	}
}

// due tells whether a machine that no list has is to be asked for by itself. Where it was
// removed that is so at every second look at most, and in any case at the first one that
// may be the last.
func (d *departures) due(id string, now time.Time) bool {
	gone := d.by[id]
	return now.Sub(gone.last) >= word || now.Sub(gone.first) >= absenceSpan && gone.last.Sub(gone.first) < absenceSpan
}

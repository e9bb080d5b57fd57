package digitalocean

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

const (
	// How long a list is good while something changes, and while nothing does.
	listMoving = 5 * time.Second
	listQuiet  = time.Minute

	// listPage is how long each page of a list makes it good at least, so that lists
	// take three quarters of the hour's calls however many machines there are.
	listPage = 1200 * time.Millisecond

	// wakeful is how long after the start something is taken to change: what was
	// asked for before is not known here.
	wakeful = time.Minute
)

// roster is the one list of machines that everybody looks at, so that many who
// wait cost no more calls than one.
type roster struct {
	library library
	get     func(ctx context.Context, id string) (dictumal.Machine, error)
	born    time.Time

	mu      sync.Mutex
	motions motions
	parted  departures
	sheet   *sheet  // the newest; nil: none yet
	last    reading // that was whole
	newest  int64   // number of all that were taken from the shelf, or kept on it
}

// reading is what a list holds, and how long it is.
type reading struct {
	machines []dictumal.Machine // oldest first
	byID     map[string]dictumal.Machine
	pages    int
	number   int64 // the shelf's; 0: it was never there
	begun    time.Time
	landed   time.Time // when it was read here; zero: another replica has read it
}

// sheet is one reading of the list, and what was asked about machines that it
// does not have.
type sheet struct {
	begun   time.Time
	changes int // that had been made when it was begun
	list    *flight[reading]
	asked   map[string]*flight[dictumal.Machine]
}

func newRoster(
	list func(context.Context) (reading, error),
	get func(context.Context, string) (dictumal.Machine, error),
) *roster {
	return &roster{library: library{list: list}, get: get, born: time.Now(), motions: motions{by: map[string]motion{}}}
}

// all lists every machine.
func (r *roster) all(ctx context.Context) ([]dictumal.Machine, error) {
	_, read, err := r.look(ctx, "", time.Time{})
	return slices.Clone(read.machines), err
}

// named lists the machines with a name.
func (r *roster) named(ctx context.Context, name string) ([]dictumal.Machine, error) {
	_, read, err := r.find(ctx, name, func(l reading) bool { return len(l.named(name)) > 0 })
	return read.named(name), err
}

// one returns the machine with an id. A list may leave out what exists, so what
// it does not have is asked for by itself, once for each list; what was removed, less
// often.
func (r *roster) one(ctx context.Context, id string) (dictumal.Machine, error) {
	sheet, read, err := r.find(ctx, id, func(l reading) bool { _, ok := l.byID[id]; return ok })
	if err != nil {
		return dictumal.Machine{}, err
	}
	m, listed := read.byID[id]
	if asked := r.doubted(ctx, sheet, id, listed); asked != nil {
		return asked.wait(ctx)
	}
	if !listed {
		return m, dictumal.ErrMachineNotFound
	}
	return m, nil
}

// known returns a machine that is known to be ours, though not whether it is still
// there. It asks nobody.
func (r *roster) known(id string) (dictumal.Machine, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m, ok := r.last.byID[id]; ok {
		return m, true
	}
	return r.motions.machine(id)
}

// changed notes that a machine was asked to change: whoever looks at it from now
// on sees a list that was begun after that.
func (r *roster) changed(m dictumal.Machine, over func(m dictumal.Machine, listed bool) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.motions.begin(m, over)
}

// removed notes that the removal of a machine was taken.
func (r *roster) removed(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parted.begin(id, time.Now())
}

// Private

// doubted asks for a machine by itself where its list does not say enough of it; nil
// where it does.
func (r *roster) doubted(ctx context.Context, sheet *sheet, id string, listed bool) *flight[dictumal.Machine] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if listed {
		r.parted.see(id)
		return nil
	}
	if !r.parted.due(id, time.Now()) {
		return nil
	}
	asked, ok := sheet.asked[id]
	if !ok {
		asked = depart(ctx, func(ctx context.Context) (dictumal.Machine, error) { return r.alone(ctx, id) })
		sheet.asked[id] = asked
	}
	return asked
}

// alone asks for a machine by itself.
func (r *roster) alone(ctx context.Context, id string) (dictumal.Machine, error) {
	m, err := r.get(ctx, id)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.parted.see(id)
	case errors.Is(err, dictumal.ErrMachineNotFound):
		r.parted.miss(id, time.Now())
	}
	return m, err
}

// find looks for one machine, by a key. What is told to be missing counts as an absence,
// and those that are told by several replicas must not rest on one list.
func (r *roster) find(ctx context.Context, key string, has func(reading) bool) (*sheet, reading, error) {
	asked := time.Now()
	sheet, read, err := r.look(ctx, key, time.Time{})
	for err == nil && !has(read) && !read.proves(asked) {
		sheet, read, err = r.look(ctx, key, asked.Add(-listMoving))
	}
	if err == nil && !has(read) {
		r.miss(key)
	}
	return sheet, read, err
}

// look returns a list that is good enough for who asks about one machine, or about all
// where key is empty; one that was begun after a time, or is still being read.
func (r *roster) look(ctx context.Context, key string, after time.Time) (*sheet, reading, error) {
	if err := ended(ctx); err != nil {
		return nil, reading{}, err
	}
	r.mu.Lock()
	if now := time.Now(); !r.good(r.motions.needed(key), now) || r.sheet.list.done() && !r.sheet.begun.After(after) {
		r.read(ctx, wish{later: r.newest, since: r.since(after, now), patience: r.last.patience()})
	}
	current := r.sheet
	r.mu.Unlock()
	read, err := current.list.wait(ctx)
	return current, read, err
}

// good tells whether the newest list may answer. The lock is held.
func (r *roster) good(need int, now time.Time) bool {
	switch {
	case r.sheet == nil || r.sheet.changes < need:
		return false
	case !r.sheet.list.done():
		return true
	}
	return now.Sub(r.sheet.begun) < r.pace(now)
}

// pace is how long a list is good at present. The lock is held.
func (r *roster) pace(now time.Time) time.Duration {
	failed := r.sheet != nil && r.sheet.list.done() && r.sheet.list.err != nil
	if failed || now.Sub(r.born) < wakeful || r.motions.any(now) {
		return r.last.good(listMoving)
	}
	return r.last.good(listQuiet)
}

// since is after when a list must have been begun that takes the place of this one: one
// that another replica has read may be older than whoever asks. It knows of all that was
// asked for here. The lock is held.
func (r *roster) since(after, now time.Time) time.Time {
	for _, at := range []time.Time{now.Add(-r.pace(now)), r.motions.last} {
		if at.After(after) {
			after = at
		}
	}
	return after
}

// good is how long a list of this length is good at least.
func (l reading) good(atLeast time.Duration) time.Duration {
	return max(atLeast, time.Duration(l.pages)*listPage)
}

// patience is how long another replica is waited for that reads a list of this length.
// It may have died, and then the list must begin here before the flight is over.
func (l reading) patience() time.Duration {
	return min(l.good(listPatience), flightTime-listPatience)
}

// proves tells whether what the list does not have may count as an absence of its own
// for somebody who has asked then. Looks that count are listMoving apart: the list is
// none that was there when the one before was answered.
func (l reading) proves(asked time.Time) bool {
	return asked.Before(l.begun.Add(listMoving)) || l.landed.After(asked)
}

// named lists the machines with a name.
func (l reading) named(name string) (found []dictumal.Machine) {
	for _, m := range l.machines {
		if m.Name == name {
			found = append(found, m)
		}
	}
	return found
}

// read begins a new list, or takes over another replica's. The lock is held.
func (r *roster) read(ctx context.Context, want wish) {
	begun := &sheet{begun: time.Now(), changes: r.motions.count, asked: map[string]*flight[dictumal.Machine]{}}
	begun.list = depart(ctx, func(ctx context.Context) (reading, error) {
		read, err := r.library.read(ctx, want)
		if err == nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.last, r.newest = read, max(r.newest, read.number)
			begun.begun = read.begun
			r.motions.compare(begun.changes, read.machines, time.Now())
		}
		return read, err
	})
	r.sheet = begun
}

// miss looks closely for a while for what a list does not have: whether it is
// gone or only left out shows in the next lists.
func (r *roster) miss(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.motions.expect(key, time.Now().Add(missing), present)
}

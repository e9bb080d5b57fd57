package digitalocean

import (
	"context"
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
}

// sheet is one reading of the list, and what was asked about machines that it
// does not have.
type sheet struct {
	begun   time.Time
	changes int // that had been made when it was begun
	list    *flight[reading]
	asked   map[string]*flight[dictumal.Machine]
	missed  map[string]time.Time // what it does not have, since it was asked for first
}

func newRoster(
	list func(context.Context) (reading, error),
	get func(context.Context, string) (dictumal.Machine, error),
) *roster {
	return &roster{library: library{list: list}, get: get, born: time.Now(), motions: motions{by: map[string]motion{}}}
}

// all lists every machine.
func (r *roster) all(ctx context.Context) ([]dictumal.Machine, error) {
	_, read, err := r.look(ctx, "")
	return slices.Clone(read.machines), err
}

// named lists the machines with a name.
func (r *roster) named(ctx context.Context, name string) ([]dictumal.Machine, error) {
	sheet, read, err := r.look(ctx, name)
	if err != nil {
		return nil, err
	}
	var found []dictumal.Machine
	for _, m := range read.machines {
		if m.Name == name {
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		r.miss(sheet, name)
	}
	return found, nil
}

// one returns the machine with an id. A list may leave out what exists, so what
// it does not have is asked for by itself, once for each list.
func (r *roster) one(ctx context.Context, id string) (dictumal.Machine, error) {
	sheet, read, err := r.look(ctx, id)
	if err != nil {
		return dictumal.Machine{}, err
	}
	if m, ok := read.byID[id]; ok {
		return m, nil
	}
	r.miss(sheet, id)
	r.mu.Lock()
	asked, ok := sheet.asked[id]
	if !ok {
		asked = depart(ctx, func(ctx context.Context) (dictumal.Machine, error) { return r.get(ctx, id) })
		sheet.asked[id] = asked
	}
	r.mu.Unlock()
	return asked.wait(ctx)
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

// Private

// look returns a list that is good enough for who asks about one machine, or
// about all where key is empty.
func (r *roster) look(ctx context.Context, key string) (*sheet, reading, error) {
	if err := ended(ctx); err != nil {
		return nil, reading{}, err
	}
	r.mu.Lock()
	if now := time.Now(); !r.good(r.motions.needed(key), now) || r.sheet.spent(key, now) {
		r.read(ctx, wish{later: r.newest, since: r.since(key, now), patience: r.last.good(listPatience)})
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
// asked for here, and is no second look at what has been told to be missing. The lock is
// held.
func (r *roster) since(key string, now time.Time) time.Time {
	since := now.Add(-r.pace(now))
	if r.motions.last.After(since) {
		since = r.motions.last
	}
	if r.sheet != nil && r.sheet.missed[key].After(since) {
		since = r.sheet.missed[key]
	}
	return since
}

// good is how long a list of this length is good at least.
func (l reading) good(atLeast time.Duration) time.Duration {
	return max(atLeast, time.Duration(l.pages)*listPage)
}

// read begins a new list, or takes over another replica's. The lock is held.
func (r *roster) read(ctx context.Context, want wish) {
	former := r.sheet
	begun := &sheet{begun: time.Now(), changes: r.motions.count, asked: map[string]*flight[dictumal.Machine]{}, missed: map[string]time.Time{}}
	begun.list = depart(ctx, func(ctx context.Context) (reading, error) {
		read, err := r.library.read(ctx, want)
		if err == nil {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.last, r.newest = read, max(r.newest, read.number)
			begun.follow(former, read.begun)
			r.motions.compare(begun.changes, read.machines, time.Now())
		}
		return read, err
	})
	r.sheet = begun
}

// follow takes the place of a former sheet, with a list that may have been begun before
// all was said that the former has said.
func (s *sheet) follow(former *sheet, begun time.Time) {
	s.begun = begun
	if former == nil {
		return
	}
	for key, at := range former.missed {
		if begun.Before(at) {
			s.missed[key] = at
		}
	}
}

// miss looks closely for a while for what a list does not have: whether it is
// gone or only left out shows in the next lists.
func (r *roster) miss(from *sheet, key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if _, known := from.missed[key]; !known {
		from.missed[key] = now
	}
	r.motions.expect(key, now.Add(missing), present)
}

// spent tells whether the sheet has said a while ago that it does not have a machine.
// Long lists are good for longer than that: what one of them misses must not pass for
// several absences.
func (s *sheet) spent(key string, now time.Time) bool {
	missed, known := s.missed[key]
	return known && s.list.done() && now.Sub(missed) >= listMoving
}

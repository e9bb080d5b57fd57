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

	// wakeful is how long after the start something is taken to change: what was
	// ordered before is not known here.
	wakeful = time.Minute
	// patience is how long a change that does not come about is waited for.
	patience = 10 * time.Minute
	// missing is how long a machine that is not there is looked for closely.
	missing = time.Minute
)

// roster is the one list of machines that everybody looks at, so that many who
// wait cost no more calls than one.
type roster struct {
	list func(context.Context) ([]dictumal.Machine, error)
	get  func(ctx context.Context, id string) (dictumal.Machine, error)
	born time.Time

	mu      sync.Mutex
	changes int               // how many there were until now
	motions map[string]motion // by the machine's id and by its name
	sheet   *sheet            // the newest; nil: none yet
}

// sheet is one reading of the list, and what was asked about machines that it
// does not have.
type sheet struct {
	begun   time.Time
	changes int // that had been made when it was begun
	list    *flight[[]dictumal.Machine]
	asked   map[string]*flight[dictumal.Machine]
}

// motion is a change that has been asked for and does not show yet.
type motion struct {
	since int // the change's number; an older list says nothing about it
	until time.Time
	over  func(m dictumal.Machine, listed bool) bool
}

func newRoster(
	list func(context.Context) ([]dictumal.Machine, error),
	get func(context.Context, string) (dictumal.Machine, error),
) *roster {
	return &roster{list: list, get: get, born: time.Now(), motions: map[string]motion{}}
}

// all lists every machine.
func (r *roster) all(ctx context.Context) ([]dictumal.Machine, error) {
	_, machines, err := r.look(ctx, "")
	return machines, err
}

// named lists the machines with a name.
func (r *roster) named(ctx context.Context, name string) ([]dictumal.Machine, error) {
	_, machines, err := r.look(ctx, name)
	if err != nil {
		return nil, err
	}
	var found []dictumal.Machine
	for _, m := range machines {
		if m.Name == name {
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		r.miss(name)
	}
	return found, nil
}

// one returns the machine with an id. A list may leave out what exists, so what
// it does not have is asked for by itself, once for each list.
func (r *roster) one(ctx context.Context, id string) (dictumal.Machine, error) {
	sheet, machines, err := r.look(ctx, id)
	if err != nil {
		return dictumal.Machine{}, err
	}
	for _, m := range machines {
		if m.ID == id {
			return m, nil
		}
	}
	r.miss(id)
	r.mu.Lock()
	asked, ok := sheet.asked[id]
	if !ok {
		asked = depart(ctx, func(ctx context.Context) (dictumal.Machine, error) { return r.get(ctx, id) })
		sheet.asked[id] = asked
	}
	r.mu.Unlock()
	return asked.wait(ctx)
}

// changed notes that a machine was asked to change: whoever looks at it from now
// on sees a list that was begun after that.
func (r *roster) changed(m dictumal.Machine, over func(m dictumal.Machine, listed bool) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes++
	for _, key := range []string{m.ID, m.Name} {
		if key != "" {
			r.motions[key] = motion{since: r.changes, until: time.Now().Add(patience), over: over}
		}
	}
}

// Private

func settled(m dictumal.Machine, listed bool) bool { return running(m, listed) && m.IP != "" }

func running(m dictumal.Machine, listed bool) bool { return listed && m.Power == dictumal.PowerActive }
func present(_ dictumal.Machine, listed bool) bool { return listed }
func gone(_ dictumal.Machine, listed bool) bool    { return !listed }

// look returns a list that is good enough for who asks about one machine, or
// about all where key is empty.
func (r *roster) look(ctx context.Context, key string) (*sheet, []dictumal.Machine, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	r.mu.Lock()
	need := r.motions[key].since
	if key == "" {
		need = r.changes
	}
	if !r.good(need, time.Now()) {
		r.read(ctx)
	}
	current := r.sheet
	r.mu.Unlock()
	machines, err := current.list.wait(ctx)
	return current, slices.Clone(machines), err
}

// good tells whether the newest list may answer. The lock is held.
func (r *roster) good(need int, now time.Time) bool {
	switch {
	case r.sheet == nil || r.sheet.changes < need:
		return false
	case !r.sheet.list.done():
		return true
	case r.sheet.list.err != nil || r.stirring(now):
		return now.Sub(r.sheet.begun) < listMoving
	}
	return now.Sub(r.sheet.begun) < listQuiet
}

// stirring tells whether something changes. The lock is held.
func (r *roster) stirring(now time.Time) bool {
	for key, motion := range r.motions {
		if now.After(motion.until) {
			delete(r.motions, key)
		}
	}
	return len(r.motions) > 0 || now.Sub(r.born) < wakeful
}

// read begins a new list. The lock is held.
func (r *roster) read(ctx context.Context) {
	begun := &sheet{begun: time.Now(), changes: r.changes, asked: map[string]*flight[dictumal.Machine]{}}
	begun.list = depart(ctx, func(ctx context.Context) ([]dictumal.Machine, error) {
		machines, err := r.list(ctx)
		if err == nil {
			r.settle(begun.changes, machines)
		}
		return machines, err
	})
	r.sheet = begun
}

// settle ends the motions that a list shows to be over.
func (r *roster) settle(changes int, machines []dictumal.Machine) {
	listed := map[string]dictumal.Machine{}
	for _, m := range machines {
		listed[m.ID], listed[m.Name] = m, m
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, motion := range r.motions {
		m, ok := listed[key]
		if motion.since <= changes && motion.over(m, ok) {
			delete(r.motions, key)
		}
	}
}

// miss looks closely for a while for what a list does not have: whether it is
// gone or only left out shows in the next lists.
func (r *roster) miss(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.motions[key]; !known {
		r.motions[key] = motion{until: time.Now().Add(missing), over: present}
	}
}

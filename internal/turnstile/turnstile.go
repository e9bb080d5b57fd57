// Package turnstile bounds how many are in at once, from one place and in all.
package turnstile

import "sync"

// Turnstile lets in so many at once.
type Turnstile struct {
	bounds Bounds

	mutex sync.Mutex
	in    map[place]int
	total int
}

// Bounds is how many are in at once, at most.
type Bounds struct {
	All  int
	Kept int // of all: room that those without a name find when the others have none
	// Each is how many of one name. Who has several, the narrowest first, counts by each
	// of them, and has a bound for each.
	Each []int
}

// New makes a turnstile that nobody is in.
func New(bounds Bounds) *Turnstile {
	return &Turnstile{bounds: bounds, in: map[place]int{}}
}

// Enter lets one more in, who calls leave once when it goes. Who has no name counts
// among all only.
func (t *Turnstile) Enter(names ...string) (leave func(), ok bool) {
	leave, full := t.enter(names)
	return leave, full == room
}

// Private

// place is a name, and the how manyth of its bearer it is.
type place struct {
	rank int
	name string
}

// What a turnstile answers besides the rank of a bound that is reached.
const (
	room = -1 - iota // none is
	everywhere
)

// enter lets one more in, or says which bound is reached.
func (t *Turnstile) enter(names []string) (leave func(), full int) {
	places := placesOf(names)
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if full := t.full(places); full != room {
		return nil, full
	}
	t.total++
	for _, p := range places {
		t.in[p]++
	}
	return sync.OnceFunc(func() { t.leave(places) }), room
}

func (t *Turnstile) full(places []place) int {
	most := t.bounds.All
	if len(places) > 0 {
		most -= t.bounds.Kept
	}
	if t.total >= most {
		return everywhere
	}
	for _, p := range places {
		if t.in[p] >= t.bounds.Each[p.rank] {
			return p.rank
		}
	}
	return room
}

func (t *Turnstile) leave(places []place) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.total--
	for _, p := range places {
		if t.in[p]--; t.in[p] == 0 {
			delete(t.in, p)
		}
	}
}

func placesOf(names []string) []place {
	places := make([]place, 0, len(names))
	for rank, name := range names {
		if name != "" {
			places = append(places, place{rank, name})
		}
	}
	return places
}

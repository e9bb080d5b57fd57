// Package turnstile bounds how many are in at once, from one place and in all.
package turnstile

import "sync"

// Turnstile lets in so many at once.
type Turnstile struct {
	each, all int

	mutex sync.Mutex
	in    map[string]int
	total int
}

// New makes a turnstile that lets in so many of each name, and so many in all.
func New(each, all int) *Turnstile {
	return &Turnstile{each: each, all: all, in: map[string]int{}}
}

// Enter lets one more in, who calls leave once when it goes. Who has no name counts
// among all only.
func (t *Turnstile) Enter(name string) (leave func(), ok bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.total >= t.all || name != "" && t.in[name] >= t.each {
		return nil, false
	}
	t.total++
	t.in[name]++
	return sync.OnceFunc(func() { t.leave(name) }), true
}

// Private

func (t *Turnstile) leave(name string) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.total--
	if t.in[name]--; t.in[name] == 0 {
		delete(t.in, name)
	}
}

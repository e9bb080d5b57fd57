package auth

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/dictumal/dictumal"
)

// trustFor is how long a secret that was found good is believed without looking it
// up again. What ends in this process is known here at once, and what ends by another
// as soon as it is heard of; where nothing can be heard, it holds for this long.
const trustFor = 3 * time.Second

// mostRecent bounds the memory that many users take.
const mostRecent = 10_000

// recent remembers who brought which secret a moment ago: requests come in bunches,
// and each would look up the same rows. Secrets that are not good are not remembered.
type recent struct {
	mu    sync.Mutex
	known map[digest]acquaintance // of what was just made, an empty one
	ends  int64                   // how often a session or token has ended
}

// digest stands for a secret and its kind, since one kind is never good as the other:
// memory holds none.
type digest = [sha256.Size]byte

func digestOf(kind, secret string) digest { return sha256.Sum256([]byte(kind + " " + secret)) }

// acquaintance is who brought a secret, and until when it is good.
type acquaintance struct {
	principal dictumal.Principal
	expires   time.Time
	looked    time.Time // when it was looked up
	ends      int64     // how often something had ended by then
}

// get returns who brought a secret a moment ago.
func (r *recent) get(secret digest, now time.Time) (acquaintance, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.known[secret]
	return found, ok && found.ends == r.ends && now.Before(found.expires) && now.Before(found.looked.Add(trustFor))
}

// met tells whether a secret was good at any time that is remembered, though it may
// have to be looked up.
func (r *recent) met(secret digest) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.known[secret]
	return ok
}

// count is how often something has ended.
func (r *recent) count() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ends
}

// keep remembers who brought a secret, unless something has ended since it was
// looked up: that may be what was found.
func (r *recent) keep(secret digest, found acquaintance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ends == found.ends {
		r.remember(secret, found)
	}
}

// meet makes a secret known that was just made, to be looked up when it comes.
func (r *recent) meet(secret digest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remember(secret, acquaintance{})
}

// drop forgets a secret that is good no longer.
func (r *recent) drop(secret digest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, secret)
}

// forget has everything looked up again: something has ended, which is rare.
func (r *recent) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ends++
}

func (r *recent) remember(secret digest, found acquaintance) {
	if r.known == nil || len(r.known) >= mostRecent {
		r.known = make(map[digest]acquaintance)
	}
	r.known[secret] = found
}

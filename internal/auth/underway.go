package auth

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// useEvery is how often an open stream counts as use of its session. It is far less
// than a session may be idle.
const useEvery = time.Hour

// underWay knows the requests of each session and token that are being answered.
// Streams go on for hours, and must not outlive the right by which they began.
type underWay struct {
	mu    sync.Mutex
	ends  map[string]map[*context.CancelCauseFunc]struct{}
	inUse func(by []string) // is told from time to time by whom something is under way
	told  *time.Timer       // nil: nothing was under way
}

// begin notes a request, until leave is called.
func (u *underWay) begin(by string, end context.CancelCauseFunc) (leave func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ends == nil {
		u.ends = make(map[string]map[*context.CancelCauseFunc]struct{})
	}
	if u.ends[by] == nil {
		u.ends[by] = make(map[*context.CancelCauseFunc]struct{})
	}
	u.ends[by][&end] = struct{}{}
	if u.told == nil {
		u.told = time.AfterFunc(useEvery, u.tell)
	}
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.ends[by], &end)
		if len(u.ends[by]) == 0 {
			delete(u.ends, by)
		}
	}
}

// end ends the requests of a session or token.
func (u *underWay) end(by string, why error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for end := range u.ends[by] {
		(*end)(why)
	}
}

// rights are those by which something is under way.
func (u *underWay) rights() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Collect(maps.Keys(u.ends))
}

// tell tells who is using their right, for as long as anybody is.
func (u *underWay) tell() {
	u.mu.Lock()
	by := slices.Collect(maps.Keys(u.ends))
	u.told = nil
	if len(by) > 0 {
		u.told = time.AfterFunc(useEvery, u.tell)
	}
	u.mu.Unlock()
	u.inUse(by)
}

package auth

import (
	"context"
	"sync"
)

// underWay knows the requests of each session and token that are being answered.
// Streams go on for hours, and must not outlive the right by which they began.
type underWay struct {
	mu   sync.Mutex
	ends map[string]map[*context.CancelCauseFunc]struct{}
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

package crash_test

import (
	"sync"
	"time"
)

// strikes is when something was last done to each server; to all where it was the database.
type strikes struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (s *strikes) note(servers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at == nil {
		s.at = map[string]time.Time{}
	}
	for _, server := range servers {
		s.at[server] = time.Now()
	}
}

// since is when what was open at a server since then began to fail: when something was
// done to the server, or else now.
func (s *strikes) since(server string, opened time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.at[server]; at.After(opened) {
		return at
	}
	return time.Now()
}

// gaps is for how long people were without what they looked at.
type gaps struct {
	mu    sync.Mutex
	all   map[string][]time.Duration // by who
	worst map[string]string          // and of what the longest is
}

func (g *gaps) note(who string, gap time.Duration, what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all == nil {
		g.all, g.worst = map[string][]time.Duration{}, map[string]string{}
	}
	longest := time.Duration(0)
	for _, one := range g.all[who] {
		longest = max(longest, one)
	}
	if gap >= longest {
		g.worst[who] = what
	}
	g.all[who] = append(g.all[who], gap)
}

package crash_test

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// bar is how long anybody may be without what they look at, whatever has happened.
const bar = 10 * time.Second

// strikes is what was done to servers; to all where it was the database.
type strikes struct {
	mu  sync.Mutex
	all []strike // oldest first
}

type strike struct {
	server string
	at     time.Time
}

func (s *strikes) note(servers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, server := range servers {
		s.all = append(s.all, strike{server, time.Now()})
	}
}

// since is when what a server showed last at a time ended: when something was done to
// the server next, or else at that time.
func (s *strikes) since(server string, seen time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.all {
		if one.server == server && one.at.After(seen) {
			return one.at
		}
	}
	return seen
}

// counted is from when a gap counts. Who comes back and is struck again has the whole
// time anew: it may take until so long after the second strike. A strike that comes when
// the time is over is no excuse.
func (s *strikes) counted(g gap) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := g.from
	for _, one := range s.all {
		if one.at.After(from) && one.at.Before(g.until) && one.at.Sub(from) <= bar {
			from = one.at
		}
	}
	return from
}

// gaps is for how long people were without what they looked at.
type gaps struct {
	mu    sync.Mutex
	seats []*seat
	over  []gap
}

// seat is where somebody looks at something.
type seat struct {
	gaps      *gaps
	who, name string
	since     time.Time // without; zero: it has what it looks at, or has not had it yet
	has, left bool
}

// gap is one time without.
type gap struct {
	who         string
	from, until time.Time
	what        string
}

func (g *gaps) sit(who, name string) *seat {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := &seat{gaps: g, who: who, name: name}
	g.seats = append(g.seats, s)
	return s
}

func (s *seat) lose(since time.Time) {
	s.gaps.mu.Lock()
	defer s.gaps.mu.Unlock()
	s.since, s.has = since, false
}

// regain ends a gap. What comes first, after no loss, ends none.
func (s *seat) regain(from string) {
	s.gaps.mu.Lock()
	defer s.gaps.mu.Unlock()
	if now := time.Now(); !s.since.IsZero() {
		s.gaps.over = append(s.gaps.over, gap{s.who, s.since, now, fmt.Sprintf("%s, at %s, from %s", s.name, now.UTC().Format(time.TimeOnly), from)})
	}
	s.since, s.has = time.Time{}, true
}

// leave is of who was told that there is nothing more to see.
func (s *seat) leave() {
	s.gaps.mu.Lock()
	defer s.gaps.mu.Unlock()
	s.left = true
}

// without tells who has not got what they look at, and for how long.
func (g *gaps) without(now time.Time) (names []string, open []gap) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.seats {
		if s.has || s.left {
			continue
		}
		names = append(names, s.who+" of "+s.name)
		if !s.since.IsZero() {
			open = append(open, gap{s.who, s.since, now, s.name + ", and is not back"})
		}
	}
	return names, open
}

// verdict is what was seen of each kind, and what is wrong with that.
func (g *gaps) verdict(struck *strikes, now time.Time) (seen, wrong []string) {
	names, open := g.without(now)
	for _, name := range names {
		wrong = append(wrong, name+" is without at the end")
	}
	for _, who := range []string{"a viewer", "a follower"} {
		all := slices.DeleteFunc(slices.Concat(g.over, open), func(one gap) bool { return one.who != who })
		if len(all) == 0 {
			wrong = append(wrong, who+" was never without: nothing was tried")
			continue
		}
		var spans []time.Duration
		twice := 0
		for _, one := range all {
			from := struck.counted(one)
			if from.After(one.from) {
				twice++
			}
			span := one.until.Sub(from)
			if spans = append(spans, span); span > bar {
				wrong = append(wrong, fmt.Sprintf("%s was without for %s, want %s at most (%s)", who, span, bar, one.what))
			}
		}
		slices.Sort(spans)
		seen = append(seen, fmt.Sprintf("%s was without %d times, %d of them over a second strike: half for %s at most, the longest for %s", who, len(all), twice,
			spans[len(spans)/2].Round(time.Millisecond), spans[len(spans)-1].Round(time.Millisecond)))
	}
	return seen, wrong
}

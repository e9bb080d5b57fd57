package digitalocean

import (
	"time"

	"github.com/dictumal/dictumal"
)

const (
	// patience is how long a change that does not come about is waited for.
	patience = 10 * time.Minute
	// missing is how long a machine that is not there is looked for closely.
	missing = time.Minute
)

// motions are the changes that do not show yet, by the machine's id and by its
// name.
type motions struct {
	count int       // of changes that were asked for until now
	last  time.Time // when the last of them was
	by    map[string]motion
}

// motion is one of them.
type motion struct {
	machine dictumal.Machine
	since   int // the change's number; an older list says nothing about it
	until   time.Time
	over    func(m dictumal.Machine, listed bool) bool
}

// begin notes that a machine was asked to change.
func (s *motions) begin(m dictumal.Machine, over func(m dictumal.Machine, listed bool) bool) {
	s.count++
	s.last = time.Now()
	for _, key := range []string{m.ID, m.Name} {
		if key != "" {
			s.by[key] = motion{machine: m, since: s.count, until: s.last.Add(patience), over: over}
		}
	}
}

// expect waits for what others have asked for, which any list may show.
func (s *motions) expect(key string, until time.Time, over func(m dictumal.Machine, listed bool) bool) {
	if _, known := s.by[key]; !known {
		s.by[key] = motion{until: until, over: over}
	}
}

// needed is how many changes must have been asked for before a list was begun
// that may answer for one machine, or for all where key is empty.
func (s *motions) needed(key string) int {
	if key == "" {
		return s.count
	}
	return s.by[key].since
}

// machine is one that was asked to change by us, and so is ours.
func (s *motions) machine(id string) (dictumal.Machine, bool) {
	m := s.by[id].machine
	return m, id != "" && m.ID == id
}

// any tells whether there is something to wait for.
func (s *motions) any(now time.Time) bool {
	for key, motion := range s.by {
		if !now.Before(motion.until) {
			delete(s.by, key)
		}
	}
	return len(s.by) > 0
}

// compare ends what a list shows to be over, and finds machines that are being
// made: another process may have ordered them.
func (s *motions) compare(changes int, machines []dictumal.Machine, now time.Time) {
	listed := map[string]dictumal.Machine{}
	for _, m := range machines {
		listed[m.ID], listed[m.Name] = m, m
		if until := m.CreatedAt.Add(patience); m.Power != dictumal.PowerOff && !settled(m, true) && now.Before(until) {
			s.expect(m.ID, until, settled)
		}
	}
	for key, motion := range s.by {
		m, ok := listed[key]
		if motion.since <= changes && motion.over(m, ok) {
			delete(s.by, key)
		}
	}
}

// Private

func settled(m dictumal.Machine, listed bool) bool { return running(m, listed) && m.IP != "" }

func running(m dictumal.Machine, listed bool) bool { return listed && m.Power == dictumal.PowerActive }
func present(_ dictumal.Machine, listed bool) bool { return listed }
func gone(_ dictumal.Machine, listed bool) bool    { return !listed }

package reconcile

import (
	"sync"
	"time"
)

// memo is what this process remembers of a deployment to be quicker or calmer.
// Nothing depends on it: a process that has just started does the same, a little
// later or once more.
type memo struct {
	machine        string    // what follows is about this machine
	seen           bool      // the provider has shown it
	looked         time.Time // when the provider was last asked about it
	logged         time.Time // when its boot log was last read
	trouble        error     // why the last look into it failed
	faceless       time.Time // since when it is ready but for a desktop
	offSince       time.Time // since when it is off
	certified      time.Time // when it was last given a certificate
	clocked        time.Time // when its clock was last read
	startFailed    bool
	removals       int       // how often its removal was asked for
	removalAsked   time.Time // and when last
	forgotUserData bool

	failures int       // steps in a row that failed
	due      time.Time // when the next step was planned
}

// about is the memo for another machine of the same deployment.
func (m memo) about(machine string) memo {
	if m.machine == machine {
		return m
	}
	return memo{machine: machine, failures: m.failures, due: m.due}
}

// memos holds the memo of each deployment. Steps work on copies, since one that
// was overtaken may still be running when the next has begun.
type memos struct {
	mu  sync.Mutex
	all map[string]memo
}

func (m *memos) of(deployment string) memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[deployment]
}

func (m *memos) keep(deployment string, known memo) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = make(map[string]memo)
	}
	m.all[deployment] = known
}

func (m *memos) drop(deployment string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, deployment)
}

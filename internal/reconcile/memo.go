package reconcile

import (
	"sync"
	"time"
)

// memo is what this process remembers of a deployment to be quicker or calmer.
// Nothing depends on it: a process that has just started does the same, a little
// later or once more. Only the worker that holds the row touches it.
type memo struct {
	machine        string    // what follows is about this machine
	seen           bool      // the provider has shown it
	looked         time.Time // when the provider was last asked about it
	logged         time.Time // when its boot log was last read
	faceless       time.Time // since when it is ready but for a desktop
	startFailed    bool
	removals       int       // how often its removal was asked for
	removalAsked   time.Time // and when last
	forgotUserData bool

	failures int       // steps in a row that failed
	due      time.Time // when the next step was planned
}

// memos finds the memo of a deployment.
type memos struct {
	mu  sync.Mutex
	all map[string]*memo
}

// of gives the memo of a deployment, fresh where its machine is another by now.
func (m *memos) of(deployment, machine string) *memo {
	m.mu.Lock()
	defer m.mu.Unlock()
	known := m.all[deployment]
	if known == nil {
		known = &memo{}
		if m.all == nil {
			m.all = make(map[string]*memo)
		}
		m.all[deployment] = known
	}
	if known.machine != machine {
		*known = memo{machine: machine, failures: known.failures, due: known.due}
	}
	return known
}

func (m *memos) drop(deployment string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, deployment)
}

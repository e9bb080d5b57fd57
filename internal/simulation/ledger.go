package simulation

import (
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/dictumal/dictumal"
)

// Bounds is what the promises are measured by.
type Bounds struct {
	Orphan      time.Duration // a machine may be without an owner for
	Gone        time.Duration // a machine may be missed for, once it is gone
	Overspend   time.Duration // machines may run longer than rows say by
	Provision   time.Duration // a machine may take to come up
	Configure   time.Duration // a desktop may take to show
	Destroy     time.Duration // a removal may take
	ErrorKeep   time.Duration // a failed machine is kept
	PerUser     int           // machines of one owner
	Total       int           // machines of all
	CallsMinute int
	CallsHour   int
}

// Ledger knows which machines there really are and what the rows say of them. It
// is told of every effect in the order of effects, and every promise is checked
// when it could be broken.
type Ledger struct {
	turn     chan struct{} // held by the effect that happens; who waits for it lets time pass
	bounds   Bounds
	weather  *weather
	agenda   agenda
	pages    map[string]*page
	order    []*page
	names    map[string]string // of machines, and whose they were to be
	machines map[string]*entry
	holding  map[string]int // deployments that may have a machine, by owner
	held     int            // and of all
	calls    calls
	sweep    claim // on the sweep

	nobody     page // to whom belongs what is no deployment's
	violations []Violation
}

// NewLedger is a ledger in which nothing has happened. It is calm.
func NewLedger(bounds Bounds) *Ledger {
	return &Ledger{
		turn:   make(chan struct{}, 1),
		bounds: bounds, weather: &weather{begun: time.Now()},
		pages: map[string]*page{}, names: map[string]string{}, machines: map[string]*entry{}, holding: map[string]int{},
	}
}

// Do lets one effect happen at a time, after all that was due before it.
func (l *Ledger) Do(effect func(now time.Time)) {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	now := time.Now()
	l.agenda.until(now)
	effect(now)
}

// Violations are the promises that were broken.
func (l *Ledger) Violations() []Violation {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	return l.violations
}

// Hash is the same for two runs in which the same happened at the same times.
func (l *Ledger) Hash() uint64 {
	l.turn <- struct{}{}
	defer func() { <-l.turn }()
	sum := fnv.New64a()
	for _, p := range l.order {
		for _, line := range p.lines {
			fmt.Fprintln(sum, line)
		}
	}
	return sum.Sum64()
}

// Private

// page is what is known of one deployment.
type page struct {
	id, owner  string
	generation int64
	createdAt  time.Time
	expiresAt  time.Time

	// As the row was written last.
	status  dictumal.Status
	since   time.Time // that it has this status
	percent int
	name    string    // of its machine
	machine string    // its id
	sentAt  time.Time // when its order was written down
	goneAt  time.Time
	endedAt time.Time

	claim claim
	alive []*entry
	ran   time.Duration // all machines together that are gone
	lines []line

	broken []Invariant
}

// entry is a machine that there is.
type entry struct {
	id, name string
	page     *page
	madeAt   time.Time
	shows    time.Time // from when on it is listed
	again    bool      // the cloud made it on its own
	late     bool      // it came, or showed, later than the grace
	off      bool
	unowned  time.Time // since when; zero: it is owned
	spare    time.Time // since when it is one too many; zero: it is not
	excused  time.Duration
}

// line is one thing that happened.
type line struct {
	at   time.Time
	what string
}

func (l line) String() string { return l.at.Format(clockTime) + " " + l.what }

func (p *page) write(now time.Time, format string, args ...any) {
	p.lines = append(p.lines, line{now, fmt.Sprintf(format, args...)})
}

// broke notes a broken promise.
func (l *Ledger) broke(now time.Time, p *page, what Invariant, format string, args ...any) {
	v := Violation{Invariant: what, At: now, What: fmt.Sprintf(format, args...)}
	if p == nil {
		p = &l.nobody
	} else {
		v.Deployment = p.id
		for _, line := range p.lines {
			v.History = append(v.History, line.String())
		}
	}
	if !slices.Contains(p.broken, what) { // once is enough
		p.broken = append(p.broken, what)
		l.violations = append(l.violations, v)
	}
}
